//! The standard claims (OpenID Connect Core §5.1), in the id_token and at userinfo.

use axum::Json;
use axum::extract::State;
use axum::http::header::{AUTHORIZATION, CACHE_CONTROL, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use super::configuration::Configuration;
use crate::persons::Person;
use crate::state::{Provider, SharedState};
use crate::token_store::Scopes;

pub fn in_id_token(person: &Person, scopes: &Scopes, configuration: &Configuration) -> Map<String, Value> {
    let mut claims = all(person, scopes);
    claims.retain(|name, _| !configuration.userinfo_only.contains(name));
    claims
}

/// `GET` or `POST /userinfo`, with a bearer token in the header.
pub async fn userinfo(State(shared): State<SharedState>, headers: HeaderMap) -> Response {
    let bearer = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    let state = shared.lock();
    let token = bearer.and_then(|text| state.providers[Provider::Oidc].tokens.live(text, state.now()));
    let Some((token, person)) = token.and_then(|token| Some((token, state.persons.by_id(&token.person)?))) else {
        return (StatusCode::UNAUTHORIZED, [(WWW_AUTHENTICATE, r#"Bearer error="invalid_token""#)]).into_response();
    };
    let mut claims = all(person, &token.scopes);
    if state.oidc.numeric_sub {
        claims.insert("sub".to_owned(), json!(number(person)));
    }
    ([(CACHE_CONTROL, "no-store")], Json(claims)).into_response()
}

fn all(person: &Person, scopes: &Scopes) -> Map<String, Value> {
    let mut claims = Map::new();
    let mut set = |name: &str, value: Value| drop(claims.insert(name.to_owned(), value));
    set("sub", json!(number(person).to_string()));
    if let (true, Some(email)) = (scopes.contains("email"), &person.email) {
        set("email", json!(email));
        set("email_verified", json!(person.email_verified));
    }
    if let (true, Some(name)) = (scopes.contains("profile"), &person.name) {
        set("name", json!(name));
    }
    claims
}

/// `sub`.
pub fn subject(person: &Person) -> String {
    number(person).to_string()
}

/// `sid`: each person has one session here, which lasts.
pub fn session_id(person: &Person) -> String {
    format!("session-of-{}", person.id)
}

fn number(person: &Person) -> u64 {
    person.number("oidc", 40) + 1
}
