//! The userinfo endpoint (OpenID Connect Core §5.3).

use axum::Json;
use axum::extract::State;
use axum::http::header::{AUTHORIZATION, CACHE_CONTROL};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

use super::claims::claims;
use super::error::OAuthError;
use crate::state::{Provider, SharedState};

/// `GET` or `POST /userinfo`, with a bearer token in the header.
pub async fn userinfo(State(shared): State<SharedState>, headers: HeaderMap) -> Response {
    let bearer = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    let state = shared.lock();
    let now = state.now();
    let token = bearer.and_then(|text| state.providers[Provider::Google].tokens.access.get(text));
    let live = token.filter(|token| token.expires_at.is_none_or(|expires_at| now < expires_at));
    match live.and_then(|token| Some((token, state.persons.by_id(&token.person)?))) {
        Some((token, person)) => {
            ([(CACHE_CONTROL, "no-store")], Json(claims(person, &token.scopes, shared.origin()))).into_response()
        }
        None => OAuthError(StatusCode::UNAUTHORIZED, "invalid_request", "Invalid Credentials").into_response(),
    }
}
