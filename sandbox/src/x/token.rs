//! X's token endpoint.

use axum::Json;
use axum::extract::State;
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::{AUTHORIZE_PAGE, is_authenticated};
use crate::fields::Fields;
use crate::redeem::{CodeError, redeem};
use crate::state::{Provider, SharedState};
use crate::token_store::{Token, TokenStore, random_text};

/// Seconds: two hours.
const EXPIRES_IN: i64 = 7200;

/// Status, error code, description (RFC 6749 §5.2).
pub struct OAuthError(StatusCode, &'static str, &'static str);

/// `POST /2/oauth2/token`.
pub async fn token(State(shared): State<SharedState>, headers: HeaderMap, body: String) -> Response {
    let form = Fields::parse(&body);
    match authenticated(&shared, &headers, &form).and_then(|()| exchange(&shared, &form)) {
        Ok(body) => ([(CACHE_CONTROL, "no-store")], Json(body)).into_response(),
        Err(error) => error.into_response(),
    }
}

/// HTTP Basic only.
pub fn authenticated(shared: &SharedState, headers: &HeaderMap, form: &Fields) -> Result<(), OAuthError> {
    if form.get("client_secret").is_some() {
        return Err(bad("client_secret must not be in the body: use the Authorization header."));
    }
    if !is_authenticated(shared, headers) {
        return Err(OAuthError(StatusCode::UNAUTHORIZED, "unauthorized_client", "Missing valid authorization header"));
    }
    Ok(())
}

fn exchange(shared: &SharedState, form: &Fields) -> Result<Value, OAuthError> {
    if form.repeated().is_some() {
        return Err(bad("A parameter is repeated."));
    }
    let mut state = shared.lock();
    let now = state.now();
    let tokens = &mut state.providers[Provider::X].tokens;
    let (token, with_refresh) = match form.get("grant_type") {
        Some("authorization_code") => {
            redeem(tokens, &AUTHORIZE_PAGE.client(shared).id, form, now).map_err(code_error)?
        }
        Some("refresh_token") => (by_refresh_token(tokens, form)?, true),
        _ => return Err(bad("Missing required parameter [grant_type].")),
    };
    let access = random_text();
    let scope = token.scopes.iter().cloned().collect::<Vec<_>>().join(" ");
    let mut body = json!({"token_type": "bearer", "expires_in": EXPIRES_IN, "access_token": access, "scope": scope});
    if with_refresh {
        let refresh = random_text();
        body["refresh_token"] = json!(refresh);
        // One live refresh token per user and app.
        tokens.refresh.retain(|_, other| other.person != token.person || other.client_id != token.client_id);
        tokens.refresh.insert(refresh, token.clone());
    }
    tokens.access.insert(access, Token { expires_at: Some(now + EXPIRES_IN), ..token });
    Ok(body)
}

fn by_refresh_token(tokens: &TokenStore, form: &Fields) -> Result<Token, OAuthError> {
    let known = form.get("refresh_token").and_then(|text| tokens.refresh.get(text));
    known.cloned().ok_or(bad("Value passed for the token was invalid."))
}

fn code_error(error: CodeError) -> OAuthError {
    bad(match error {
        CodeError::Missing => "Missing required parameter [code].",
        CodeError::RedirectUri => "Value passed for the redirect uri did not match the uri of the authorization code.",
        CodeError::Verifier => "Value passed for the code verifier did not match the code challenge.",
        CodeError::Unknown | CodeError::Spent | CodeError::Expired => {
            "Value passed for the authorization code was invalid."
        }
    })
}

fn bad(description: &'static str) -> OAuthError {
    OAuthError(StatusCode::BAD_REQUEST, "invalid_request", description)
}

impl IntoResponse for OAuthError {
    fn into_response(self) -> Response {
        let Self(status, error, description) = self;
        let body = Json(json!({"error": error, "error_description": description}));
        (status, [(CACHE_CONTROL, "no-store")], body).into_response()
    }
}
