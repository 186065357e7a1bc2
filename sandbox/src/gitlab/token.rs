//! GitLab's token and revocation endpoints (RFC 7009).

use axum::Json;
use axum::extract::State;
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use super::AUTHORIZE_PAGE;
use super::claims::in_id_token;
use crate::basic;
use crate::fields::Fields;
use crate::id_token::issue;
use crate::redeem::redeem;
use crate::state::{Provider, SharedState};
use crate::token_store::{Token, random_text};

/// Seconds: two hours.
const EXPIRES_IN: i64 = 7200;
/// Seconds.
const ID_TOKEN_LIFETIME: i64 = 120;

struct OAuthError(StatusCode, &'static str, &'static str);

/// `POST /oauth/token`.
pub async fn token(State(shared): State<SharedState>, headers: HeaderMap, body: String) -> Response {
    let form = Fields::parse(&body);
    let outcome = match authenticated(&shared, &headers, &form).and_then(|()| exchange(&shared, &form)) {
        Ok((token, nonce)) => issue_tokens(&shared, token, nonce).await,
        Err(error) => Err(error),
    };
    answered(outcome)
}

/// `POST /oauth/revoke`: revokes this token only. An unknown token is not an error.
pub async fn revoke(State(shared): State<SharedState>, headers: HeaderMap, body: String) -> Response {
    let form = Fields::parse(&body);
    answered(authenticated(&shared, &headers, &form).map(|()| {
        let text = form.get("token").unwrap_or_default();
        let tokens = &mut shared.lock().providers[Provider::Gitlab].tokens;
        tokens.access.retain(|known, _| known != text);
        tokens.refresh.retain(|known, _| known != text);
        json!({})
    }))
}

fn authenticated(shared: &SharedState, headers: &HeaderMap, form: &Fields) -> Result<(), OAuthError> {
    let by_basic = basic::presented(headers).and_then(basic::read);
    let in_body = || Some((form.get("client_id")?.to_owned(), form.get("client_secret")?.to_owned()));
    match by_basic.or_else(in_body) {
        Some((id, secret)) if AUTHORIZE_PAGE.is_client(shared, Some(&id), Some(&secret)) => Ok(()),
        _ => Err(OAuthError(
            StatusCode::UNAUTHORIZED,
            "invalid_client",
            "Client authentication failed due to unknown client, no client authentication included, or unsupported authentication method.",
        )),
    }
}

fn exchange(shared: &SharedState, form: &Fields) -> Result<(Token, Option<String>), OAuthError> {
    const INVALID: OAuthError = OAuthError(
        StatusCode::BAD_REQUEST,
        "invalid_grant",
        "The provided authorization grant is invalid, expired, revoked, does not match the redirection URI used in the authorization request, or was issued to another client.",
    );
    let mut state = shared.lock();
    let now = state.now();
    let tokens = &mut state.providers[Provider::Gitlab].tokens;
    match form.get("grant_type") {
        Some("authorization_code") => {
            let nonce = form.get("code").and_then(|code| tokens.codes.get(code)).and_then(|code| code.nonce.clone());
            let (token, _) = redeem(tokens, &AUTHORIZE_PAGE.client(shared).id, form, now).map_err(|_| INVALID)?;
            Ok((token, nonce))
        }
        Some("refresh_token") => {
            let text = form.get("refresh_token").unwrap_or_default();
            let token = tokens.refresh.get(text).cloned().ok_or(INVALID)?;
            tokens.refresh.retain(|known, _| known != text);
            Ok((token, None))
        }
        Some(_) => {
            Err(OAuthError(StatusCode::BAD_REQUEST, "unsupported_grant_type", "The grant type is not supported."))
        }
        None => Err(OAuthError(StatusCode::BAD_REQUEST, "invalid_request", "Missing required parameter: grant_type.")),
    }
}

async fn issue_tokens(shared: &SharedState, token: Token, nonce: Option<String>) -> Result<Value, OAuthError> {
    let (access, refresh) = (random_text(), random_text());
    let now = shared.lock().now();
    let scope = token.scopes.iter().cloned().collect::<Vec<_>>().join(" ");
    let mut body = json!({
        "access_token": access, "token_type": "Bearer", "expires_in": EXPIRES_IN, "refresh_token": refresh, "scope": scope,
        "created_at": now,
    });
    if token.scopes.contains("openid") {
        body["id_token"] = json!(id_token(shared, &token, nonce, now).await?);
    }
    let tokens = &mut shared.lock().providers[Provider::Gitlab].tokens;
    tokens.refresh.insert(refresh, token.clone());
    tokens.access.insert(access, Token { expires_at: Some(now + EXPIRES_IN), ..token });
    Ok(body)
}

async fn id_token(shared: &SharedState, token: &Token, nonce: Option<String>, now: i64) -> Result<String, OAuthError> {
    let person = shared.lock().persons.by_id(&token.person).cloned();
    let person = person.ok_or(OAuthError(StatusCode::BAD_REQUEST, "invalid_grant", "The account does not exist."))?;
    let mut claims = Map::new();
    let mut set = |name: &str, value: Value| drop(claims.insert(name.to_owned(), value));
    set("iss", json!(format!("{}/gitlab", shared.origin())));
    set("aud", json!(token.client_id));
    set("exp", json!(now + ID_TOKEN_LIFETIME));
    set("iat", json!(now));
    if let Some(nonce) = nonce {
        set("nonce", json!(nonce));
    }
    set("auth_time", json!(now));
    claims.extend(in_id_token(&person, &token.scopes));
    Ok(issue(shared, Provider::Gitlab, &person.id, claims, &AUTHORIZE_PAGE.client(shared).secret).await)
}

fn answered(outcome: Result<Value, OAuthError>) -> Response {
    match outcome {
        Ok(body) => ([(CACHE_CONTROL, "no-store")], Json(body)).into_response(),
        Err(OAuthError(status, error, description)) => {
            let body = Json(json!({"error": error, "error_description": description}));
            (status, [(CACHE_CONTROL, "no-store")], body).into_response()
        }
    }
}
