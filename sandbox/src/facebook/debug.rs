//! `debug_token`: which app a token belongs to, and whether it is valid.

use axum::Json;
use axum::extract::{RawQuery, State};
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, Method};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::AUTHORIZE_PAGE;
use super::graph::{ApiError, app_scoped_id};
use crate::fields::Fields;
use crate::state::{Provider, SharedState};

/// `GET /debug_token?input_token=…&access_token=<app id>
/// <app secret>`, or the same fields in a POST form with `method=GET`, which the Graph API accepts for every read. The
/// app token may be in the header.
pub async fn debug_token(
    State(shared): State<SharedState>,
    method: Method,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: String,
) -> Response {
    let query = Fields::joined(query.as_deref(), &body);
    if method == Method::POST && query.get("method").is_none_or(|meant| !meant.eq_ignore_ascii_case("get")) {
        return ApiError::parameter("Unsupported post request.").into_response();
    }
    let bearer = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    let app = bearer.or_else(|| query.get("access_token")).and_then(|token| token.split_once('|')).unzip();
    if !AUTHORIZE_PAGE.is_client(&shared, app.0, app.1) {
        return ApiError::token().into_response();
    }
    match query.get("input_token") {
        Some(text) if belongs_to_another_app(&shared, app.0, text) => {
            ApiError::parameter("(#100) The App_id in the input_token did not match the Viewing App").into_response()
        }
        Some(text) => Json(json!({"data": describe(&shared, text)})).into_response(),
        None => ApiError::parameter("(#100) You must provide an input_token").into_response(),
    }
}

fn belongs_to_another_app(shared: &SharedState, app_id: Option<&str>, text: &str) -> bool {
    let state = shared.lock();
    let token = state.providers[Provider::Facebook].tokens.live(text, state.now());
    token.is_some_and(|token| Some(token.client_id.as_str()) != app_id)
}

fn describe(shared: &SharedState, text: &str) -> Value {
    let state = shared.lock();
    let now = state.now();
    let token = state.providers[Provider::Facebook].tokens.live(text, now);
    let Some((token, person)) = token.and_then(|token| Some((token, state.persons.by_id(&token.person)?))) else {
        let error = json!({"code": 190, "message": "Invalid OAuth access token - Cannot parse access token"});
        return json!({"error": error, "is_valid": false, "scopes": []});
    };
    json!({
        "app_id": token.client_id,
        "type": "USER",
        "application": "Latchkey",
        "data_access_expires_at": now + 90 * 86_400,
        "expires_at": token.expires_at,
        "is_valid": true,
        "scopes": token.scopes,
        "user_id": app_scoped_id(person, &token.client_id),
    })
}
