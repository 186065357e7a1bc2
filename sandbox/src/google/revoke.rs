//! Revocation (RFC 7009) as Google does it: any token revokes the whole grant, including consent.

use axum::Json;
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::error::OAuthError;
use crate::fields::Fields;
use crate::state::{Provider, SharedState};

/// `POST /revoke` with `token`, in the body or (Google allows it) the query. No client authentication.
pub async fn revoke(State(shared): State<SharedState>, RawQuery(query): RawQuery, body: String) -> Response {
    let (query, form) = (Fields::parse(query.as_deref().unwrap_or_default()), Fields::parse(&body));
    let Some(text) = form.get("token").or_else(|| query.get("token")) else {
        return OAuthError::bad("invalid_request", "Missing required parameter: token").into_response();
    };
    let mut state = shared.lock();
    let tokens = &mut state.providers[Provider::Google].tokens;
    let Some(token) = tokens.access.get(text).or_else(|| tokens.refresh.get(text)).cloned() else {
        return OAuthError::bad("invalid_token", "Token expired or revoked").into_response();
    };
    tokens.revoke(&token.person, &token.client_id);
    Json(json!({})).into_response()
}
