//! Changes to a provider's response: edited JSON, replaced, truncated or aborted bodies.

use axum::body::{Body, Bytes, to_bytes};
use axum::http::header::CONTENT_LENGTH;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use super::throttle::ThrottledBody;

/// Edits a JSON object in the response body; passes other bodies through.
pub async fn edit_json(response: Response, edit: impl FnOnce(&mut Map<String, Value>)) -> Response {
    let change = |body: Bytes| match serde_json::from_slice(&body) {
        Ok(Value::Object(mut members)) => {
            edit(&mut members);
            Body::from(Value::Object(members).to_string())
        }
        _ => Body::from(body),
    };
    map_body(response, change).await
}

/// Replaces the body and drops `Content-Length`.
pub async fn map_body(response: Response, change: impl FnOnce(Bytes) -> Body) -> Response {
    let (mut parts, body) = response.into_parts();
    parts.headers.remove(CONTENT_LENGTH);
    match to_bytes(body, usize::MAX).await {
        Ok(body) => Response::from_parts(parts, change(body)),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// Announces the full length, sends half of it, and drops the connection.
pub async fn half_closed(response: Response) -> Response {
    let mut length = 0;
    let half = |body: Bytes| {
        length = body.len();
        Body::new(ThrottledBody::aborting(first_half(&body)))
    };
    let response = map_body(response, half).await;
    let (mut parts, body) = response.into_parts();
    parts.headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
    Response::from_parts(parts, body)
}

pub fn first_half(body: &Bytes) -> Bytes {
    body.slice(..body.len() / 2)
}

/// Puts `count` keys before the real ones of a JWK set.
pub fn add_keys(members: &mut Map<String, Value>, count: usize) {
    if let Some(Value::Array(keys)) = members.get_mut("keys") {
        let Some(original) = keys.first().cloned() else {
            return;
        };
        let others = (0..count).map(|number| {
            let mut key = original.clone();
            key["kid"] = json!(format!("other-{number}"));
            key
        });
        keys.splice(0..0, others);
    }
}
