//! Errors of X's API: error JSON (RFC 9457).

use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// A error.
pub struct ApiError {
    /// The status, which the body repeats.
    pub status: StatusCode,
    /// `about:blank`, or the last segment of X's own type.
    pub kind: &'static str,
    /// What kind of error.
    pub title: &'static str,
    /// What happened.
    pub detail: String,
}

impl ApiError {
    /// No token, or none that lives.
    pub fn unauthorized() -> Self {
        Self {
            status: StatusCode::UNAUTHORIZED,
            kind: "about:blank",
            title: "Unauthorized",
            detail: "Unauthorized".to_owned(),
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let body = json!({
            "title": self.title,
            "type": self.kind,
            "status": self.status.as_u16(),
            "detail": self.detail,
        });
        (self.status, [(CONTENT_TYPE, "application/error+json")], body.to_string()).into_response()
    }
}
