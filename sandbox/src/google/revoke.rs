//! Revocation (RFC 7009), Google's way: any token of a grant takes the whole grant back, consent included.

use axum::Json;
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::refusal::Refusal;
use crate::fields::Fields;
use crate::world::{Provider, World};

/// `POST /revoke` with `token`, in the body or, as Google also takes it, in the query. No client authentication.
pub async fn revoke(State(world): State<World>, RawQuery(query): RawQuery, body: String) -> Response {
    let (query, form) = (Fields::parse(query.as_deref().unwrap_or_default()), Fields::parse(&body));
    let Some(text) = form.get("token").or_else(|| query.get("token")) else {
        return Refusal::bad("invalid_request", "Missing required parameter: token").into_response();
    };
    let mut state = world.state();
    let ledger = &mut state.houses[Provider::Google].ledger;
    let Some(token) = ledger.access.get(text).or_else(|| ledger.refresh.get(text)).cloned() else {
        return Refusal::bad("invalid_token", "Token expired or revoked").into_response();
    };
    ledger.revoke(&token.person, &token.client_id);
    Json(json!({})).into_response()
}
