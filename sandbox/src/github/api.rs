//! Shared by all API requests: `User-Agent` is required, and errors have GitHub's format.

use axum::Json;
use axum::extract::Request;
use axum::http::header::{AUTHORIZATION, USER_AGENT};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::state::{Provider, SandboxState};
use crate::token_store::Token;

/// 403 without `User-Agent`.
pub async fn with_user_agent(request: Request, next: Next) -> Response {
    if request.headers().get(USER_AGENT).is_some_and(|value| !value.is_empty()) {
        return next.run(request).await;
    }
    let why = "Request forbidden by administrative rules. Please make sure your request has a User-Agent header (https://docs.github.com/en/rest/overview/resources-in-the-rest-api#user-agent-required). Check https://developer.github.com for other possible causes.\n";
    (StatusCode::FORBIDDEN, why).into_response()
}

pub fn api_error(status: StatusCode, message: &str) -> Response {
    let body = json!({
        "message": message,
        "documentation_url": "https://docs.github.com/rest",
        "status": status.as_u16().to_string(),
    });
    (status, Json(body)).into_response()
}

/// After `Bearer` or `token`.
pub fn presented(state: &mut SandboxState, headers: &HeaderMap) -> Option<Token> {
    let text = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let text = text.strip_prefix("Bearer ").or_else(|| text.strip_prefix("token "))?;
    let now = state.now();
    state.providers[Provider::Github].tokens.live(text, now).cloned()
}
