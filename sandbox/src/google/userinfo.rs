//! The userinfo endpoint (OpenID Connect Core §5.3).

use axum::Json;
use axum::extract::State;
use axum::http::header::{AUTHORIZATION, CACHE_CONTROL};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

use super::claims::claims;
use super::refusal::Refusal;
use crate::world::{Provider, World};

/// `GET` or `POST /userinfo`, with a bearer token in the header.
pub async fn userinfo(State(world): State<World>, headers: HeaderMap) -> Response {
    let bearer = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    let state = world.state();
    let now = state.now();
    let token = bearer.and_then(|text| state.houses[Provider::Google].ledger.access.get(text));
    let live = token.filter(|token| token.expires_at.is_none_or(|expires_at| now < expires_at));
    match live.and_then(|token| Some((token, state.persons.by_id(&token.person)?))) {
        Some((token, person)) => {
            ([(CACHE_CONTROL, "no-store")], Json(claims(person, &token.scopes, world.origin()))).into_response()
        }
        None => Refusal(StatusCode::UNAUTHORIZED, "invalid_request", "Invalid Credentials").into_response(),
    }
}
