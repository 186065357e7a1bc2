//! One log line per request, and one for a panic.

use std::{any::Any, time::Duration};

use axum::{
    body::Body,
    extract::Request,
    http::{HeaderName, StatusCode},
    response::{IntoResponse, Response},
};

use super::{forward_auth, health};

pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Longest path in the log, in bytes.
const MAX_PATH: usize = 200;

/// Logs the path without its query, which may contain codes and states.
pub fn span(request: &Request<Body>) -> tracing::Span {
    let id = request.headers().get(REQUEST_ID).and_then(|id| id.to_str().ok()).unwrap_or_default();
    let path = request.uri().path();
    let path = path.get(..MAX_PATH).unwrap_or(path);
    // Requests of probes and proxies would drown the others.
    if health::is_path(path) || forward_auth::is_path(path) {
        return tracing::debug_span!("request", method = %request.method(), path, id);
    }
    tracing::info_span!("request", method = %request.method(), path, id)
}

pub fn on_response(response: &Response, latency: Duration, span: &tracing::Span) {
    if span.is_disabled() && !response.status().is_server_error() {
        return;
    }
    tracing::info!(
        status = response.status().as_u16(),
        milliseconds = u64::try_from(latency.as_millis()).unwrap_or(u64::MAX),
        "answered"
    );
}

pub fn on_panic(_: Box<dyn Any + Send>) -> Response {
    tracing::error!("handler panicked");
    StatusCode::INTERNAL_SERVER_ERROR.into_response()
}
