//! Revocation (RFC 7009) as Apple does it: any token revokes the whole grant, and the next sign-in counts as the
//! first.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::client_secret::authenticate;
use super::error::OAuthError;
use super::issuer;
use crate::fields::Fields;
use crate::state::{Provider, SharedState};

/// `POST /auth/revoke` with `token`, `client_id` and `client_secret`: 200 with no body, also for an unknown token.
pub async fn revoke(State(shared): State<SharedState>, body: String) -> Response {
    let form = Fields::parse(&body);
    let mut state = shared.lock();
    let now = state.now();
    if let Err(error) = authenticate(&form, &shared.clients().apple, &issuer(shared.origin()), now) {
        return error.into_response();
    }
    let Some(text) = form.get("token") else {
        return OAuthError("invalid_request", "The token is missing.").into_response();
    };
    let tokens = &mut state.providers[Provider::Apple].tokens;
    let known = tokens.access.get(text).or_else(|| tokens.refresh.get(text)).cloned();
    if let Some(token) = known {
        tokens.revoke(&token.person, &token.client_id);
    }
    StatusCode::OK.into_response()
}
