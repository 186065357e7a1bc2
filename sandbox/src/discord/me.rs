//! `/api/users/@me` and the avatars.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::page;
use crate::persons::Person;
use crate::state::{Provider, SharedState};
use crate::token_store::Scopes;

/// `GET /api/users/@me`.
pub async fn me(State(shared): State<SharedState>, headers: HeaderMap) -> Response {
    let bearer = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    let state = shared.lock();
    let token = bearer.and_then(|text| state.providers[Provider::Discord].tokens.live(text, state.now()));
    let known = token.and_then(|token| Some((token, state.persons.by_id(&token.person)?)));
    match known {
        Some((token, person)) => Json(user(person, &token.scopes)).into_response(),
        None => api_error(StatusCode::UNAUTHORIZED, "401: Unauthorized"),
    }
}

/// `GET /avatars/{id}/{hash}.png`.
pub async fn avatar(State(shared): State<SharedState>, Path((id, _)): Path<(String, String)>) -> Response {
    match shared.lock().persons.all().iter().find(|person| snowflake(person) == id) {
        Some(person) => page::picture(person),
        None => api_error(StatusCode::NOT_FOUND, "404: Not Found"),
    }
}

fn user(person: &Person, scopes: &Scopes) -> Value {
    let mut user = json!({
        "id": snowflake(person),
        "username": username(person),
        "discriminator": "0",
        "global_name": person.name,
        "avatar": person.picture.then(|| hash(person)),
        "public_flags": 0,
        "flags": 0,
        "locale": "en-GB",
        "mfa_enabled": false,
    });
    if scopes.contains("email") {
        user["email"] = json!(person.email);
        user["verified"] = json!(person.email_verified);
    }
    user
}

fn api_error(status: StatusCode, message: &str) -> Response {
    (status, Json(json!({"message": message, "code": 0}))).into_response()
}

/// 19 digits, above 2^53 and odd, so that no double represents it exactly.
fn snowflake(person: &Person) -> String {
    (1_000_000_000_000_000_000 + (person.number("discord", 58) | 1)).to_string()
}

/// Lowercase letters, digits, `_` and `.`; unique at Discord.
fn username(person: &Person) -> String {
    person.id.to_ascii_lowercase().replace('-', "_")
}

fn hash(person: &Person) -> String {
    let moves = if person.id == "long" { "a_" } else { "" };
    format!("{moves}{:016x}{:016x}", person.number("discord avatar", 63), person.number("discord avatar 2", 63))
}
