//! X's revocation endpoint (RFC 7009): revokes only the presented token.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::token::authenticated;
use crate::fields::Fields;
use crate::state::{Provider, SharedState};

/// `POST /2/oauth2/revoke` with `token`. An unknown token is not an error.
pub async fn revoke(State(shared): State<SharedState>, headers: HeaderMap, body: String) -> Response {
    let form = Fields::parse(&body);
    if let Err(error) = authenticated(&shared, &headers, &form) {
        return error.into_response();
    }
    let text = form.get("token").unwrap_or_default();
    let mut state = shared.lock();
    let tokens = &mut state.providers[Provider::X].tokens;
    tokens.access.retain(|known, _| known != text);
    tokens.refresh.retain(|known, _| known != text);
    Json(json!({"revoked": true})).into_response()
}
