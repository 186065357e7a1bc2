//! Refresh token rotation: each response has a new refresh token (RFC 6749 §6, RFC 9700 §4.14.2).

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use super::fields::Fields;
use super::recording::BODY_LIMIT;
use super::state::{Provider, SharedState};
use super::tamper::edit_json;
use super::token_store::random_text;

/// Adds a new refresh token to the response and invalidates the presented one.
pub async fn rotate(shared: &SharedState, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, BODY_LIMIT).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let form = Fields::parse(&String::from_utf8_lossy(&body));
    let answer = next.run(Request::from_parts(parts, Body::from(body))).await;
    edit_json(answer, |members| replace_refresh_token(shared, form.get("refresh_token"), members)).await
}

fn replace_refresh_token(shared: &SharedState, presented: Option<&str>, members: &mut Map<String, Value>) {
    let Some(presented) = presented.filter(|_| members.contains_key("access_token")) else { return };
    let mut state = shared.lock();
    for provider in Provider::ALL {
        let refresh = &mut state.provider(*provider).tokens.refresh;
        if let Some(token) = refresh.get(presented).cloned() {
            let successor = format!("1//0{}", random_text());
            refresh.insert(successor.clone(), token);
            refresh.retain(|text, _| text != presented);
            members.insert("refresh_token".to_owned(), json!(successor));
        }
    }
}
