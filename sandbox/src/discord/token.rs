//! Discord's token and revocation endpoints (RFC 7009).

use axum::Json;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::AUTHORIZE_PAGE;
use crate::basic;
use crate::fields::Fields;
use crate::redeem::{CodeError, redeem};
use crate::state::{Provider, SharedState};
use crate::token_store::{Token, TokenStore, random_text};

/// Seconds: one week.
const EXPIRES_IN: i64 = 604_800;

struct OAuthError(StatusCode, &'static str, &'static str);

/// `POST /api/oauth2/token`.
pub async fn token(State(shared): State<SharedState>, headers: HeaderMap, body: String) -> Response {
    answered(authenticated(&shared, &headers, &body).and_then(|form| exchange(&shared, &form)))
}

/// `POST /api/oauth2/token/revoke`: revokes the token's whole grant. An unknown token is not an error.
pub async fn revoke(State(shared): State<SharedState>, headers: HeaderMap, body: String) -> Response {
    answered(authenticated(&shared, &headers, &body).map(|form| {
        let text = form.get("token").unwrap_or_default();
        let tokens = &mut shared.lock().providers[Provider::Discord].tokens;
        let token = tokens.access.get(text).or_else(|| tokens.refresh.get(text)).cloned();
        if let Some(token) = token {
            tokens.revoke(&token.person, &token.client_id);
        }
        json!({})
    }))
}

/// Client credentials in the header or in the form.
fn authenticated(shared: &SharedState, headers: &HeaderMap, body: &str) -> Result<Fields, OAuthError> {
    let kind = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !kind.starts_with("application/x-www-form-urlencoded") {
        return Err(bad("invalid_request", "Only application/x-www-form-urlencoded is supported."));
    }
    let form = Fields::parse(body);
    let by_basic = basic::presented(headers).and_then(basic::read);
    let in_body = || Some((form.get("client_id")?.to_owned(), form.get("client_secret")?.to_owned()));
    match by_basic.or_else(in_body) {
        Some((id, secret)) if AUTHORIZE_PAGE.is_client(shared, Some(&id), Some(&secret)) => Ok(form),
        _ => Err(OAuthError(StatusCode::UNAUTHORIZED, "invalid_client", "Invalid client")),
    }
}

fn exchange(shared: &SharedState, form: &Fields) -> Result<Value, OAuthError> {
    let mut state = shared.lock();
    let now = state.now();
    let tokens = &mut state.providers[Provider::Discord].tokens;
    let token = match form.get("grant_type") {
        Some("authorization_code") if form.get("code_verifier").is_some_and(|verifier| verifier.len() < 43) => {
            return Err(bad("invalid_request", "Invalid \"code_verifier\""));
        }
        Some("authorization_code") => {
            redeem(tokens, &AUTHORIZE_PAGE.client(shared).id, form, now).map_err(code_error)?.0
        }
        Some("refresh_token") => by_refresh_token(tokens, form)?,
        Some(_) => return Err(bad("unsupported_grant_type", "Grant type not supported.")),
        None => return Err(bad("invalid_request", "Missing \"grant_type\"")),
    };
    let (access, refresh) = (random_text(), random_text());
    let scope = token.scopes.iter().cloned().collect::<Vec<_>>().join(" ");
    tokens.refresh.insert(refresh.clone(), token.clone());
    tokens.access.insert(access.clone(), Token { expires_at: Some(now + EXPIRES_IN), ..token });
    Ok(json!({
        "token_type": "Bearer", "access_token": access, "expires_in": EXPIRES_IN, "refresh_token": refresh, "scope": scope,
    }))
}

/// Single use.
fn by_refresh_token(tokens: &mut TokenStore, form: &Fields) -> Result<Token, OAuthError> {
    let text = form.get("refresh_token").unwrap_or_default();
    let token = tokens.refresh.get(text).cloned();
    tokens.refresh.retain(|known, _| known != text);
    token.ok_or(bad("invalid_grant", "Invalid \"refresh_token\" in request."))
}

fn code_error(error: CodeError) -> OAuthError {
    match error {
        CodeError::Missing => bad("invalid_request", "Missing \"code\" in request."),
        CodeError::RedirectUri => bad("invalid_grant", "Invalid \"redirect_uri\" in request."),
        CodeError::Verifier => bad("invalid_grant", "Invalid \"code_verifier\" in request."),
        CodeError::Unknown | CodeError::Spent | CodeError::Expired => {
            bad("invalid_grant", "Invalid \"code\" in request.")
        }
    }
}

fn bad(error: &'static str, description: &'static str) -> OAuthError {
    OAuthError(StatusCode::BAD_REQUEST, error, description)
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
