//! `/user` and `/user/emails`.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::api::{api_error, presented};
use super::{EMAIL, USER};
use crate::persons::Person;
use crate::state::SharedState;
use crate::token_store::Token;

/// `GET /user`. Needs no scope.
pub async fn user(State(shared): State<SharedState>, headers: HeaderMap) -> Response {
    match bearer(&shared, &headers) {
        Some((token, person)) => with_scopes(&token, user_json(&person, shared.origin())),
        None => api_error(StatusCode::UNAUTHORIZED, "Bad credentials"),
    }
}

/// `GET /user/emails`. 404 without [`EMAIL`] or [`USER`].
pub async fn emails(State(shared): State<SharedState>, headers: HeaderMap) -> Response {
    match bearer(&shared, &headers) {
        Some((token, person)) if token.scopes.contains(EMAIL) || token.scopes.contains(USER) => {
            with_scopes(&token, addresses(&person))
        }
        Some(_) => api_error(StatusCode::NOT_FOUND, "Not Found"),
        None => api_error(StatusCode::UNAUTHORIZED, "Bad credentials"),
    }
}

pub fn user_json(person: &Person, origin: &str) -> Value {
    let id = id(person);
    json!({
        "login": login(person),
        "id": id,
        "node_id": format!("U_kgDO{id:x}"),
        "avatar_url": format!("{origin}/picture/{}", person.id),
        "html_url": format!("{origin}/github/{}", login(person)),
        "type": "User",
        "site_admin": false,
        "name": person.name,
        "email": person.email.as_ref().filter(|_| is_public(person)),
        "created_at": "2008-01-14T04:33:35Z",
    })
}

fn bearer(shared: &SharedState, headers: &HeaderMap) -> Option<(Token, Person)> {
    let mut state = shared.lock();
    let token = presented(&mut state, headers)?;
    let person = state.persons.by_id(&token.person)?.clone();
    Some((token, person))
}

fn with_scopes(token: &Token, body: Value) -> Response {
    let scopes = token.scopes.iter().cloned().collect::<Vec<_>>().join(", ");
    ([(HeaderName::from_static("x-oauth-scopes"), scopes)], Json(body)).into_response()
}

/// Odd, so that above 2^53 no double represents it exactly.
fn id(person: &Person) -> u64 {
    let floor = if matches!(person.id.as_str(), "grace" | "long") { 1 << 53 } else { 1 << 31 };
    floor + (person.number("github", 40) | 1)
}

/// Derived from the name: letters and digits with single hyphens, 39 characters at most.
fn login(person: &Person) -> String {
    let name = person.name.as_deref().unwrap_or(&person.id).to_ascii_lowercase();
    let words = name.split(|character: char| !character.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let login: String = words.collect::<Vec<_>>().join("-").chars().take(39).collect();
    if login.is_empty() { person.id.clone() } else { login.trim_end_matches('-').to_owned() }
}

/// Linus publishes an address that GitHub has not verified.
fn is_public(person: &Person) -> bool {
    matches!(person.id.as_str(), "ada" | "linus")
}

fn addresses(person: &Person) -> Value {
    let Some(email) = &person.email else {
        return json!([]);
    };
    let visibility = if is_public(person) { "public" } else { "private" };
    let primary =
        |verified: bool| json!({"email": email, "primary": true, "verified": verified, "visibility": visibility});
    let secondary = |email: &str| json!({"email": email, "primary": false, "verified": true, "visibility": null});
    match person.id.as_str() {
        "ada" => {
            let noreply = format!("{}+{}@users.noreply.github.com", id(person), login(person));
            json!([secondary(&noreply), primary(person.email_verified)])
        }
        "long" => json!([primary(false), secondary("maximiliana@example.org")]),
        _ => json!([primary(person.email_verified)]),
    }
}
