//! Microsoft Graph's userinfo endpoint: no more claims than the id_token, and no `oid`.

use axum::Json;
use axum::extract::State;
use axum::http::header::{AUTHORIZATION, CACHE_CONTROL};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::account::Account;
use crate::state::{Provider, SharedState};

/// `GET` or `POST /oidc/userinfo`, with a bearer token in the header.
pub async fn userinfo(State(shared): State<SharedState>, headers: HeaderMap) -> Response {
    let bearer = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    let state = shared.lock();
    let now = state.now();
    let token = bearer.and_then(|text| state.providers[Provider::Microsoft].tokens.access.get(text));
    let live = token.filter(|token| token.expires_at.is_none_or(|expires_at| now < expires_at));
    let Some((token, person)) = live.and_then(|token| Some((token, state.persons.by_id(&token.person)?))) else {
        let error =
            json!({"error": {"code": "InvalidAuthenticationToken", "message": "Access token is empty or invalid."}});
        return (StatusCode::UNAUTHORIZED, Json(error)).into_response();
    };
    let account = Account::of(person, &token.client_id);
    let mut body = json!({"sub": account.sub});
    if let (true, Some(name)) = (token.scopes.contains("profile"), &person.name) {
        body["name"] = json!(name);
    }
    if let (true, Some(email)) = (token.scopes.contains("email"), account.email) {
        body["email"] = json!(email);
    }
    ([(CACHE_CONTROL, "no-store")], Json(body)).into_response()
}
