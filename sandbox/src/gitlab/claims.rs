//! GitLab's claims: some in the id_token, all at userinfo.

use axum::Json;
use axum::extract::State;
use axum::http::header::{AUTHORIZATION, CACHE_CONTROL, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use crate::persons::Person;
use crate::state::{Provider, SharedState};
use crate::token_store::Scopes;

pub fn in_id_token(person: &Person, scopes: &Scopes) -> Map<String, Value> {
    let mut claims = Map::new();
    let mut set = |name: &str, value: Value| drop(claims.insert(name.to_owned(), value));
    set("sub", json!(number(person).to_string()));
    set("sub_legacy", json!(format!("{:064x}", person.number("gitlab legacy", 63))));
    if let (true, Some(email)) = (scopes.contains("email"), &person.email) {
        set("email", json!(email));
        set("email_verified", json!(person.email_verified));
    }
    set("groups_direct", json!([]));
    claims
}

/// `GET` or `POST /oauth/userinfo`, with a bearer token in the header.
pub async fn userinfo(State(shared): State<SharedState>, headers: HeaderMap) -> Response {
    let bearer = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    let state = shared.lock();
    let token = bearer.and_then(|text| state.providers[Provider::Gitlab].tokens.live(text, state.now()));
    let known = token.and_then(|token| Some((token, state.persons.by_id(&token.person)?)));
    match known {
        Some((token, person)) if token.scopes.contains("openid") => {
            ([(CACHE_CONTROL, "no-store")], Json(at_userinfo(person, &token.scopes, shared.origin()))).into_response()
        }
        _ => {
            let error = r#"Bearer realm="Doorkeeper", error="invalid_token""#;
            let body = json!({"error": "invalid_token", "error_description": "The access token is invalid"});
            (StatusCode::UNAUTHORIZED, [(WWW_AUTHENTICATE, error)], Json(body)).into_response()
        }
    }
}

fn at_userinfo(person: &Person, scopes: &Scopes, origin: &str) -> Map<String, Value> {
    let mut claims = in_id_token(person, scopes);
    claims.remove("groups_direct");
    let mut set = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            claims.insert(name.to_owned(), value);
        }
    };
    set("name", person.name.as_ref().map(|name| json!(name)));
    set("nickname", Some(json!(person.id)));
    set("preferred_username", Some(json!(person.id)));
    set("profile", Some(json!(format!("{origin}/gitlab/{}", person.id))));
    set("picture", person.picture.then(|| json!(format!("{origin}/picture/{}", person.id))));
    set("groups", Some(json!([])));
    claims
}

/// GitLab numbers accounts from 1.
fn number(person: &Person) -> u64 {
    person.number("gitlab", 24) + 1
}
