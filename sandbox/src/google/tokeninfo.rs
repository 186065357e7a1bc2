//! Google's tokeninfo for access tokens and id_tokens; all values are strings.

use axum::Json;
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::http::header::{AUTHORIZATION, CACHE_CONTROL};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};

use super::error::OAuthError;
use super::scopes::EMAIL;
use crate::fields::Fields;
use crate::state::{Provider, SandboxState, SharedState};

/// `GET` or `POST /tokeninfo` with `access_token` or `id_token`, or with the access token in `Authorization`.
pub async fn tokeninfo(
    State(shared): State<SharedState>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: String,
) -> Response {
    let (query, form) = (Fields::parse(query.as_deref().unwrap_or_default()), Fields::parse(&body));
    let given = |name: &str| query.get(name).or_else(|| form.get(name)).map(str::to_owned);
    let bearer = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    let state = shared.lock();
    let info = match (given("access_token"), given("id_token")) {
        (Some(text), None) => of_access_token(&state, &text),
        (None, Some(text)) => of_id_token(&state, &text),
        (None, None) if bearer.is_some() => of_access_token(&state, bearer.unwrap_or_default()),
        _ => {
            return OAuthError::bad("invalid_request", "Either access_token or id_token is required.").into_response();
        }
    };
    match info {
        Some(info) => ([(CACHE_CONTROL, "no-store")], Json(info)).into_response(),
        None => OAuthError::bad("invalid_token", "Invalid Value").into_response(),
    }
}

fn of_access_token(state: &SandboxState, text: &str) -> Option<Value> {
    let token = state.providers[Provider::Google].tokens.access.get(text)?;
    let person = state.persons.by_id(&token.person)?;
    let expires_at = token.expires_at?;
    let left = expires_at - state.now();
    if left <= 0 {
        return None;
    }
    let scope = token.scopes.iter().cloned().collect::<Vec<_>>().join(" ");
    let mut info = json!({
        "azp": token.client_id, "aud": token.client_id, "sub": person.sub, "scope": scope,
        "exp": expires_at.to_string(), "expires_in": left.to_string(),
        "access_type": if token.offline { "offline" } else { "online" },
    });
    if let (true, Some(email)) = (token.scopes.contains(EMAIL), &person.email) {
        info["email"] = json!(email);
        info["email_verified"] = json!(person.email_verified.to_string());
    }
    Some(info)
}

/// Checks the signature against the published keys, and `exp`.
fn of_id_token(state: &SandboxState, text: &str) -> Option<Value> {
    let (input, signature) = text.rsplit_once('.')?;
    let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
    if !state.providers[Provider::Google].keys.published().any(|key| key.verifies(input.as_bytes(), &signature)) {
        return None;
    }
    let (header, payload) = input.split_once('.')?;
    let read = |part: &str| serde_json::from_slice::<Map<String, Value>>(&URL_SAFE_NO_PAD.decode(part).ok()?).ok();
    let (header, payload) = (read(header)?, read(payload)?);
    if payload.get("exp")?.as_i64()? <= state.now() {
        return None;
    }
    let as_text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    Some(payload.iter().chain(&header).map(|(name, value)| (name.clone(), Value::from(as_text(value)))).collect())
}
