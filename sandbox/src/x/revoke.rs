//! X's revocation (RFC 7009): of the token that is presented, and of it alone.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::token::authenticated;
use crate::fields::Fields;
use crate::world::{Provider, World};

/// `POST /2/oauth2/revoke` with `token`. A token that is not known is gone already.
pub async fn revoke(State(world): State<World>, headers: HeaderMap, body: String) -> Response {
    let form = Fields::parse(&body);
    if let Err(refusal) = authenticated(&world, &headers, &form) {
        return refusal.into_response();
    }
    let text = form.get("token").unwrap_or_default();
    let mut state = world.state();
    let ledger = &mut state.houses[Provider::X].ledger;
    ledger.access.retain(|known, _| known != text);
    ledger.refresh.retain(|known, _| known != text);
    Json(json!({"revoked": true})).into_response()
}
