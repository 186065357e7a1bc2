//! OAuth errors as JSON (RFC 6749 §5.2).

use axum::Json;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, WWW_AUTHENTICATE};
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// Status, error code, description.
#[derive(Debug)]
pub struct OAuthError(pub StatusCode, pub &'static str, pub &'static str);

impl OAuthError {
    pub fn bad(code: &'static str, description: &'static str) -> Self {
        Self(StatusCode::BAD_REQUEST, code, description)
    }

    pub fn client() -> Self {
        Self(StatusCode::UNAUTHORIZED, "invalid_client", "The OAuth client was not found or the secret is wrong.")
    }
}

impl IntoResponse for OAuthError {
    fn into_response(self) -> Response {
        let Self(status, code, description) = self;
        let body = Json(json!({"error": code, "error_description": description}));
        let mut response = (status, [(CACHE_CONTROL, "no-store")], body).into_response();
        if status == StatusCode::UNAUTHORIZED {
            let scheme = if code == "invalid_client" {
                "Basic realm=\"sandbox\""
            } else {
                "Bearer realm=\"sandbox\", error=\"invalid_token\""
            };
            response.headers_mut().insert(WWW_AUTHENTICATE, axum::http::HeaderValue::from_static(scheme));
        }
        response
    }
}
