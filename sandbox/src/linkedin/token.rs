//! LinkedIn's token endpoint.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use super::DESK;
use super::claims::in_id_token;
use crate::fields::Fields;
use crate::id_token::issue;
use crate::ledger::{Token, random_text};
use crate::redeem::{Spoilt, redeem};
use crate::world::{Provider, World};

/// Sixty days.
const EXPIRES_IN: i64 = 60 * 24 * 3600;
/// How long an id_token lives, in seconds.
const ID_TOKEN_LIFETIME: i64 = 3600;

struct Refusal(StatusCode, &'static str, &'static str);

/// `POST /oauth/v2/accessToken`.
pub async fn token(State(world): State<World>, body: String) -> Response {
    let form = Fields::parse(&body);
    let outcome = match authenticated(&world, &form).and_then(|()| exchanged(&world, &form)) {
        Ok(token) => issued(&world, token).await,
        Err(refusal) => Err(refusal),
    };
    match outcome {
        Ok(body) => ([(CACHE_CONTROL, "no-store")], Json(body)).into_response(),
        Err(Refusal(status, error, description)) => {
            let body = Json(json!({"error": error, "error_description": description}));
            (status, [(CACHE_CONTROL, "no-store")], body).into_response()
        }
    }
}

/// In the body alone. A verifier makes the request one of a native app, which this client is not.
fn authenticated(world: &World, form: &Fields) -> Result<(), Refusal> {
    match DESK.knows(world, form.get("client_id"), form.get("client_secret")) && form.get("code_verifier").is_none() {
        true => Ok(()),
        false => Err(Refusal(StatusCode::UNAUTHORIZED, "invalid_client", "Client authentication failed")),
    }
}

fn exchanged(world: &World, form: &Fields) -> Result<Token, Refusal> {
    let invalid = |code, why| Refusal(StatusCode::BAD_REQUEST, code, why);
    if form.get("grant_type") != Some("authorization_code") {
        return Err(invalid("unsupported_grant_type", "The grant type is not supported"));
    }
    let mut state = world.state();
    let now = state.now();
    let ledger = &mut state.houses[Provider::Linkedin].ledger;
    // A challenge in the authorization request is ignored.
    if let Some(code) = form.get("code").and_then(|code| ledger.codes.get_mut(code)) {
        code.challenge = None;
    }
    redeem(ledger, &DESK.client(world).id, form, now).map(|(token, _)| token).map_err(|spoilt| match spoilt {
        Spoilt::Missing => invalid("invalid_request", "A required parameter \"code\" is missing"),
        _ => invalid(
            "invalid_request",
            "Unable to retrieve access token: appid/redirect uri/code verifier does not match authorization code. Or authorization code expired. Or external member binding exists",
        ),
    })
}

async fn issued(world: &World, token: Token) -> Result<Value, Refusal> {
    let access = random_text();
    let now = world.state().now();
    let scope = token.scopes.iter().cloned().collect::<Vec<_>>().join(",");
    let mut body = json!({"access_token": access, "expires_in": EXPIRES_IN, "scope": scope, "token_type": "Bearer"});
    if token.scopes.contains("openid") {
        body["id_token"] = json!(id_token(world, &token, now).await?);
    }
    let ledger = &mut world.state().houses[Provider::Linkedin].ledger;
    ledger.access.insert(access, Token { expires_at: Some(now + EXPIRES_IN), ..token });
    Ok(body)
}

/// Without a nonce, whatever the authorization request had.
async fn id_token(world: &World, token: &Token, now: i64) -> Result<String, Refusal> {
    let person = world.state().persons.by_id(&token.person).cloned();
    let person = person.ok_or(Refusal(StatusCode::BAD_REQUEST, "invalid_request", "The account is gone"))?;
    let mut claims = Map::new();
    claims.insert("iss".to_owned(), json!(format!("{}/linkedin/oauth", world.origin())));
    claims.insert("aud".to_owned(), json!(token.client_id));
    claims.insert("iat".to_owned(), json!(now));
    claims.insert("exp".to_owned(), json!(now + ID_TOKEN_LIFETIME));
    claims.extend(in_id_token(&person, &token.scopes, world.origin()));
    Ok(issue(world, Provider::Linkedin, &person.id, claims, &DESK.client(world).secret).await)
}
