//! Errors of the token and revocation endpoints: always status 400, even for the client.

use axum::Json;
use axum::http::StatusCode;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// Error code, description.
#[derive(Debug)]
pub struct OAuthError(pub &'static str, pub &'static str);

impl IntoResponse for OAuthError {
    fn into_response(self) -> Response {
        let body = Json(json!({"error": self.0, "error_description": self.1}));
        (StatusCode::BAD_REQUEST, [(CACHE_CONTROL, "no-store")], body).into_response()
    }
}
