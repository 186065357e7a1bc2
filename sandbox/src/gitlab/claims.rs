//! What GitLab says about a person: some of it in the id_token, all of it at userinfo.

use axum::Json;
use axum::extract::State;
use axum::http::header::{AUTHORIZATION, CACHE_CONTROL, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use crate::ledger::Scopes;
use crate::persons::Person;
use crate::world::{Provider, World};

/// The claims of an id_token: who it is, and the address.
pub fn in_id_token(person: &Person, scopes: &Scopes) -> Map<String, Value> {
    let mut claims = Map::new();
    let mut say = |name: &str, value: Value| drop(claims.insert(name.to_owned(), value));
    say("sub", json!(number(person).to_string()));
    say("sub_legacy", json!(format!("{:064x}", person.number("gitlab legacy", 63))));
    if let (true, Some(email)) = (scopes.contains("email"), &person.email) {
        say("email", json!(email));
        say("email_verified", json!(person.email_verified));
    }
    say("groups_direct", json!([]));
    claims
}

/// `GET` or `POST /oauth/userinfo`, with a bearer token in the header.
pub async fn userinfo(State(world): State<World>, headers: HeaderMap) -> Response {
    let bearer = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    let state = world.state();
    let token = bearer.and_then(|text| state.houses[Provider::Gitlab].ledger.live(text, state.now()));
    let known = token.and_then(|token| Some((token, state.persons.by_id(&token.person)?)));
    match known {
        Some((token, person)) if token.scopes.contains("openid") => {
            ([(CACHE_CONTROL, "no-store")], Json(at_userinfo(person, &token.scopes, world.origin()))).into_response()
        }
        _ => {
            let refusal = r#"Bearer realm="Doorkeeper", error="invalid_token""#;
            let body = json!({"error": "invalid_token", "error_description": "The access token is invalid"});
            (StatusCode::UNAUTHORIZED, [(WWW_AUTHENTICATE, refusal)], Json(body)).into_response()
        }
    }
}

fn at_userinfo(person: &Person, scopes: &Scopes, origin: &str) -> Map<String, Value> {
    let mut claims = in_id_token(person, scopes);
    claims.remove("groups_direct");
    let mut say = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            claims.insert(name.to_owned(), value);
        }
    };
    say("name", person.name.as_ref().map(|name| json!(name)));
    say("nickname", Some(json!(person.id)));
    say("preferred_username", Some(json!(person.id)));
    say("profile", Some(json!(format!("{origin}/gitlab/{}", person.id))));
    say("picture", person.picture.then(|| json!(format!("{origin}/picture/{}", person.id))));
    say("groups", Some(json!([])));
    claims
}

/// Accounts are counted from one.
fn number(person: &Person) -> u64 {
    person.number("gitlab", 24) + 1
}
