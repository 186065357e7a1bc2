//! The error envelope of Google's APIs.

use axum::Json;
use axum::http::header::{CACHE_CONTROL, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::Call;
use crate::google::scopes::API;

#[derive(Debug)]
pub struct ApiError(Box<Parts>);

#[derive(Debug)]
struct Parts {
    status: StatusCode,
    message: String,
    /// The entry of `errors`, without its `domain`.
    cause: Value,
    /// The canonical status and details, which Google sends for some errors.
    canonical: Option<(&'static str, Value)>,
    challenge: Option<String>,
}

impl ApiError {
    /// No token.
    pub fn anonymous() -> Self {
        let challenge = r#"Bearer realm="https://accounts.google.com/""#;
        Self::unauthenticated("Login Required.", "required", challenge)
    }

    /// Invalid, expired or revoked token.
    pub fn credentials() -> Self {
        let challenge = r#"Bearer realm="https://accounts.google.com/", error="invalid_token""#;
        Self::unauthenticated("Invalid Credentials", "authError", challenge)
    }

    /// The token lacks the scope.
    pub fn scope(call: &Call) -> Self {
        let scopes: Vec<_> = call.scopes.iter().map(|scope| format!("{API}{scope}")).collect();
        let info = json!({
            "@type": "type.googleapis.com/google.rpc.ErrorInfo",
            "reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
            "domain": "googleapis.com",
            "metadata": {"service": call.service, "method": call.method},
        });
        Self::with(Parts {
            status: StatusCode::FORBIDDEN,
            message: "Request had insufficient authentication scopes.".to_owned(),
            cause: json!({"message": "Insufficient Permission", "reason": "insufficientPermissions"}),
            canonical: Some(("PERMISSION_DENIED", json!([info]))),
            challenge: Some(format!(
                r#"Bearer realm="https://accounts.google.com/", error="insufficient_scope", scope="{}""#,
                scopes.join(" ")
            )),
        })
    }

    /// Invalid parameter value.
    pub fn value(name: &'static str) -> Self {
        Self::parameter(name, "invalid", "Invalid Value".to_owned())
    }

    pub fn parameter(name: &'static str, reason: &'static str, message: String) -> Self {
        let cause = json!({"message": message, "reason": reason, "locationType": "parameter", "location": name});
        Self::with(Parts { status: StatusCode::BAD_REQUEST, message, cause, canonical: None, challenge: None })
    }

    /// As Google's newer front ends answer.
    pub fn unknown_parameter(name: &str) -> Self {
        let shown: String = name.chars().take(100).collect();
        let message = format!("Invalid JSON payload received. Unknown name \"{shown}\": Cannot bind query parameter.");
        let cause = json!({"message": message, "reason": "invalid", "locationType": "parameter", "location": shown});
        let canonical = Some(("INVALID_ARGUMENT", Value::Null));
        Self::with(Parts { status: StatusCode::BAD_REQUEST, message, cause, canonical, challenge: None })
    }

    /// No such path, or not with this method.
    pub fn no_route(status: StatusCode) -> Self {
        let message = status.canonical_reason().unwrap_or_default().to_owned();
        let reason = if status == StatusCode::NOT_FOUND { "notFound" } else { "httpMethodNotAllowed" };
        let cause = json!({"message": message, "reason": reason});
        Self::with(Parts { status, message, cause, canonical: None, challenge: None })
    }

    pub fn missing(name: &'static str, message: String) -> Self {
        let cause = json!({"message": message, "reason": "notFound", "locationType": "parameter", "location": name});
        Self::with(Parts { status: StatusCode::NOT_FOUND, message, cause, canonical: None, challenge: None })
    }

    fn with(parts: Parts) -> Self {
        Self(Box::new(parts))
    }

    fn unauthenticated(cause: &'static str, reason: &'static str, challenge: &str) -> Self {
        let message = "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential.";
        Self::with(Parts {
            status: StatusCode::UNAUTHORIZED,
            message: message.to_owned(),
            cause: json!({"message": cause, "reason": reason, "locationType": "header", "location": "Authorization"}),
            canonical: Some(("UNAUTHENTICATED", Value::Null)),
            challenge: Some(challenge.to_owned()),
        })
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let Parts { status, message, mut cause, canonical, challenge } = *self.0;
        cause["domain"] = json!("global");
        let mut error = json!({"code": status.as_u16(), "message": message, "errors": [cause]});
        if let Some((name, details)) = canonical {
            error["status"] = json!(name);
            if !details.is_null() {
                error["details"] = details;
            }
        }
        let body = Json(json!({"error": error}));
        let mut response = (status, [(CACHE_CONTROL, "private, max-age=0")], body).into_response();
        if let Some(challenge) = challenge.and_then(|text| HeaderValue::try_from(text).ok()) {
            response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
        }
        response
    }
}
