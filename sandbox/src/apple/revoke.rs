//! Revocation (RFC 7009), Apple's way: any token takes the whole grant back, and the next sign-in is a first one.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::client_secret::authenticate;
use super::issuer;
use super::refusal::Refusal;
use crate::fields::Fields;
use crate::world::{Provider, World};

/// `POST /auth/revoke` with `token`, `client_id` and `client_secret`: 200 and nothing, for a dead token as well.
pub async fn revoke(State(world): State<World>, body: String) -> Response {
    let form = Fields::parse(&body);
    let mut state = world.state();
    let now = state.now();
    if let Err(refusal) = authenticate(&form, &world.clients().apple, &issuer(world.origin()), now) {
        return refusal.into_response();
    }
    let Some(text) = form.get("token") else {
        return Refusal("invalid_request", "The token is missing.").into_response();
    };
    let ledger = &mut state.houses[Provider::Apple].ledger;
    let known = ledger.access.get(text).or_else(|| ledger.refresh.get(text)).cloned();
    if let Some(token) = known {
        ledger.revoke(&token.person, &token.client_id);
    }
    StatusCode::OK.into_response()
}
