//! Microsoft's errors: an AADSTS number in `error_description`, plus the number, a timestamp and two ids as separate
//! members.

use aws_lc_rs::rand;
use axum::Json;
use axum::http::StatusCode;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};
use serde_json::json;
use time::OffsetDateTime;
use time::macros::format_description;
use uuid::{Builder, Uuid};

use crate::state::SharedState;

/// OAuth error code, AADSTS number, message.
#[derive(Debug, PartialEq)]
pub struct OAuthError(pub &'static str, pub u32, pub String);

impl OAuthError {
    pub fn new(error: &'static str, number: u32, why: &str) -> Self {
        Self(error, number, why.to_owned())
    }

    pub fn description(&self) -> String {
        format!("AADSTS{}: {}", self.1, self.2)
    }

    /// JSON; 401 for `invalid_client`, otherwise 400.
    pub fn respond(&self, shared: &SharedState) -> Response {
        let at = OffsetDateTime::from_unix_timestamp(shared.lock().now()).unwrap_or(OffsetDateTime::UNIX_EPOCH);
        let at = at.format(format_description!("[year]-[month]-[day] [hour]:[minute]:[second]Z")).unwrap_or_default();
        let [trace, correlation] = [random_uuid(), random_uuid()].map(|id| id.to_string());
        let description = self.description();
        let body = json!({
            "error": self.0,
            "error_description": format!("{description} Trace ID: {trace} Correlation ID: {correlation} Timestamp: {at}"),
            "error_codes": [self.1],
            "timestamp": at,
            "trace_id": trace,
            "correlation_id": correlation,
            "error_uri": format!("https://login.microsoftonline.com/error?code={}", self.1),
        });
        let status = if self.0 == "invalid_client" { StatusCode::UNAUTHORIZED } else { StatusCode::BAD_REQUEST };
        (status, [(CACHE_CONTROL, "no-store, no-cache")], Json(body)).into_response()
    }

    pub fn tenant(segment: &str) -> Self {
        Self(
            "invalid_request",
            900_023,
            format!(
                "Specified tenant identifier '{segment}' is neither a valid DNS name, nor a valid external domain."
            ),
        )
    }
}

pub fn random_uuid() -> Uuid {
    let mut bytes = [0; 16];
    // AWS-LC aborts the process if the system has no randomness, so there is no error to handle.
    let _ = rand::fill(&mut bytes);
    Builder::from_random_bytes(bytes).into_uuid()
}
