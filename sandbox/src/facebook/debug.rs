//! `debug_token`: to which app a token was given, and whether it lives.

use axum::Json;
use axum::extract::{RawQuery, State};
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, Method};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::DESK;
use super::graph::{Failure, app_scoped_id};
use crate::fields::Fields;
use crate::world::{Provider, World};

/// `GET /debug_token?input_token=…&access_token=<app id>|<app secret>`, or the same fields in the form of a POST with
/// `method=GET`, as the Graph API takes every read. The app's token may be in the header.
pub async fn debug_token(
    State(world): State<World>,
    method: Method,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: String,
) -> Response {
    let query = Fields::joined(query.as_deref(), &body);
    if method == Method::POST && query.get("method").is_none_or(|meant| !meant.eq_ignore_ascii_case("get")) {
        return Failure::parameter("Unsupported post request.").into_response();
    }
    let bearer = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    let app = bearer.or_else(|| query.get("access_token")).and_then(|token| token.split_once('|')).unzip();
    if !DESK.knows(&world, app.0, app.1) {
        return Failure::token().into_response();
    }
    match query.get("input_token") {
        Some(text) if is_of_another(&world, app.0, text) => {
            Failure::parameter("(#100) The App_id in the input_token did not match the Viewing App").into_response()
        }
        Some(text) => Json(json!({"data": described(&world, text)})).into_response(),
        None => Failure::parameter("(#100) You must provide an input_token").into_response(),
    }
}

fn is_of_another(world: &World, app_id: Option<&str>, text: &str) -> bool {
    let state = world.state();
    let token = state.houses[Provider::Facebook].ledger.live(text, state.now());
    token.is_some_and(|token| Some(token.client_id.as_str()) != app_id)
}

fn described(world: &World, text: &str) -> Value {
    let state = world.state();
    let now = state.now();
    let token = state.houses[Provider::Facebook].ledger.live(text, now);
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
