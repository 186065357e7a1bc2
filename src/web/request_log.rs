//! One log line per request, and one for a panic.

use std::{any::Any, time::Duration};

use axum::{
    body::Body,
    extract::Request,
    http::{HeaderName, HeaderValue, StatusCode},
    response::{IntoResponse, Response},
};
use tower_http::request_id::{MakeRequestId, RequestId};
use uuid::Uuid;

use super::{forward_auth, health};

pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Makes a request's id: a UUID of version 7, so that the events of the audit trail that name it are adjacent in its index.
#[derive(Clone, Copy, Debug)]
pub struct TimeOrderedId;

impl MakeRequestId for TimeOrderedId {
    fn make_request_id<B>(&mut self, _: &Request<B>) -> Option<RequestId> {
        let mut text = Uuid::encode_buffer();
        let text = Uuid::now_v7().hyphenated().encode_lower(&mut text);
        HeaderValue::from_str(text).ok().map(RequestId::new)
    }
}

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
