//! GitLab's token endpoint, and its revocation (RFC 7009).

use axum::Json;
use axum::extract::State;
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use super::DESK;
use super::claims::in_id_token;
use crate::basic;
use crate::fields::Fields;
use crate::id_token::issue;
use crate::ledger::{Token, random_text};
use crate::redeem::redeem;
use crate::world::{Provider, World};

/// Two hours.
const EXPIRES_IN: i64 = 7200;
/// How long an id_token lives, in seconds.
const ID_TOKEN_LIFETIME: i64 = 120;

struct Refusal(StatusCode, &'static str, &'static str);

/// `POST /oauth/token`.
pub async fn token(State(world): State<World>, headers: HeaderMap, body: String) -> Response {
    let form = Fields::parse(&body);
    let outcome = match authenticated(&world, &headers, &form).and_then(|()| exchanged(&world, &form)) {
        Ok((token, nonce)) => issued(&world, token, nonce).await,
        Err(refusal) => Err(refusal),
    };
    answered(outcome)
}

/// `POST /oauth/revoke`: of the token that is presented. One that is not known is gone already.
pub async fn revoke(State(world): State<World>, headers: HeaderMap, body: String) -> Response {
    let form = Fields::parse(&body);
    answered(authenticated(&world, &headers, &form).map(|()| {
        let text = form.get("token").unwrap_or_default();
        let ledger = &mut world.state().houses[Provider::Gitlab].ledger;
        ledger.access.retain(|known, _| known != text);
        ledger.refresh.retain(|known, _| known != text);
        json!({})
    }))
}

fn authenticated(world: &World, headers: &HeaderMap, form: &Fields) -> Result<(), Refusal> {
    let by_basic = basic::presented(headers).and_then(basic::read);
    let in_body = || Some((form.get("client_id")?.to_owned(), form.get("client_secret")?.to_owned()));
    match by_basic.or_else(in_body) {
        Some((id, secret)) if DESK.knows(world, Some(&id), Some(&secret)) => Ok(()),
        _ => Err(Refusal(
            StatusCode::UNAUTHORIZED,
            "invalid_client",
            "Client authentication failed due to unknown client, no client authentication included, or unsupported authentication method.",
        )),
    }
}

fn exchanged(world: &World, form: &Fields) -> Result<(Token, Option<String>), Refusal> {
    const INVALID: Refusal = Refusal(
        StatusCode::BAD_REQUEST,
        "invalid_grant",
        "The provided authorization grant is invalid, expired, revoked, does not match the redirection URI used in the authorization request, or was issued to another client.",
    );
    let mut state = world.state();
    let now = state.now();
    let ledger = &mut state.houses[Provider::Gitlab].ledger;
    match form.get("grant_type") {
        Some("authorization_code") => {
            let nonce = form.get("code").and_then(|code| ledger.codes.get(code)).and_then(|code| code.nonce.clone());
            let (token, _) = redeem(ledger, &DESK.client(world).id, form, now).map_err(|_| INVALID)?;
            Ok((token, nonce))
        }
        Some("refresh_token") => {
            let text = form.get("refresh_token").unwrap_or_default();
            let token = ledger.refresh.get(text).cloned().ok_or(INVALID)?;
            ledger.refresh.retain(|known, _| known != text);
            Ok((token, None))
        }
        Some(_) => Err(Refusal(StatusCode::BAD_REQUEST, "unsupported_grant_type", "The grant type is not supported.")),
        None => Err(Refusal(StatusCode::BAD_REQUEST, "invalid_request", "Missing required parameter: grant_type.")),
    }
}

async fn issued(world: &World, token: Token, nonce: Option<String>) -> Result<Value, Refusal> {
    let (access, refresh) = (random_text(), random_text());
    let now = world.state().now();
    let scope = token.scopes.iter().cloned().collect::<Vec<_>>().join(" ");
    let mut body = json!({
        "access_token": access, "token_type": "Bearer", "expires_in": EXPIRES_IN, "refresh_token": refresh, "scope": scope,
        "created_at": now,
    });
    if token.scopes.contains("openid") {
        body["id_token"] = json!(id_token(world, &token, nonce, now).await?);
    }
    let ledger = &mut world.state().houses[Provider::Gitlab].ledger;
    ledger.refresh.insert(refresh, token.clone());
    ledger.access.insert(access, Token { expires_at: Some(now + EXPIRES_IN), ..token });
    Ok(body)
}

async fn id_token(world: &World, token: &Token, nonce: Option<String>, now: i64) -> Result<String, Refusal> {
    let person = world.state().persons.by_id(&token.person).cloned();
    let person = person.ok_or(Refusal(StatusCode::BAD_REQUEST, "invalid_grant", "The account is gone."))?;
    let mut claims = Map::new();
    let mut say = |name: &str, value: Value| drop(claims.insert(name.to_owned(), value));
    say("iss", json!(format!("{}/gitlab", world.origin())));
    say("aud", json!(token.client_id));
    say("exp", json!(now + ID_TOKEN_LIFETIME));
    say("iat", json!(now));
    if let Some(nonce) = nonce {
        say("nonce", json!(nonce));
    }
    say("auth_time", json!(now));
    claims.extend(in_id_token(&person, &token.scopes));
    Ok(issue(world, Provider::Gitlab, &person.id, claims, &DESK.client(world).secret).await)
}

fn answered(outcome: Result<Value, Refusal>) -> Response {
    match outcome {
        Ok(body) => ([(CACHE_CONTROL, "no-store")], Json(body)).into_response(),
        Err(Refusal(status, error, description)) => {
            let body = Json(json!({"error": error, "error_description": description}));
            (status, [(CACHE_CONTROL, "no-store")], body).into_response()
        }
    }
}
