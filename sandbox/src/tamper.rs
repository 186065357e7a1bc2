//! Honest answers, edit_json: members changed, bodies cut short or broken off.

use axum::body::{Body, Bytes, to_bytes};
use axum::http::header::CONTENT_LENGTH;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use super::throttle::ThrottledBody;

/// The honest JSON object, changed. An answer that is not an object is passed on.
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

/// The answer with another body, its length told anew.
pub async fn map_body(response: Response, change: impl FnOnce(Bytes) -> Body) -> Response {
    let (mut parts, body) = response.into_parts();
    parts.headers.remove(CONTENT_LENGTH);
    match to_bytes(body, usize::MAX).await {
        Ok(body) => Response::from_parts(parts, change(body)),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// Announces the whole length, sends half of it, and breaks the connection.
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

/// Half of a body.
pub fn first_half(body: &Bytes) -> Bytes {
    body.slice(..body.len() / 2)
}

/// A JWK set with `count` keys before the honest ones.
pub fn add_keys(members: &mut Map<String, Value>, count: usize) {
    if let Some(Value::Array(keys)) = members.get_mut("keys") {
        let Some(honest) = keys.first().cloned() else {
            return;
        };
        let others = (0..count).map(|number| {
            let mut key = honest.clone();
            key["kid"] = json!(format!("add_keys-{number}"));
            key
        });
        keys.splice(0..0, others);
    }
}
