//! `/2/users/me`: `id`, `name`, `username` and the requested `user.fields`, under `data`.

use axum::Json;
use axum::extract::{RawQuery, State};
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::error::ApiError;
use crate::fields::Fields;
use crate::persons::Person;
use crate::state::{Provider, SharedState};
use crate::token_store::Token;

/// `GET /2/users/me`.
pub async fn me(State(shared): State<SharedState>, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    let query = Fields::parse(query.as_deref().unwrap_or_default());
    let fields = query.get("user.fields").unwrap_or_default();
    match bearer(&shared, &headers).and_then(|(token, person)| user(&token, &person, fields, shared.origin())) {
        Ok(data) => Json(json!({"data": data})).into_response(),
        Err(error) => error.into_response(),
    }
}

fn bearer(shared: &SharedState, headers: &HeaderMap) -> Result<(Token, Person), ApiError> {
    let text = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    let state = shared.lock();
    let token = text.and_then(|text| state.providers[Provider::X].tokens.live(text, state.now())).cloned();
    let token = token.ok_or_else(ApiError::unauthorized)?;
    let person = state.persons.by_id(&token.person).cloned().ok_or_else(ApiError::unauthorized)?;
    if let Some(missing) = ["users.read", "tweet.read"].iter().find(|scope| !token.scopes.contains(**scope)) {
        return Err(ApiError {
            status: StatusCode::FORBIDDEN,
            kind: "about:blank",
            title: "Forbidden",
            detail: format!("The token lacks the scope {missing}."),
        });
    }
    Ok((token, person))
}

fn user(token: &Token, person: &Person, fields: &str, origin: &str) -> Result<Value, ApiError> {
    let username = username(person);
    let name = person.name.as_deref().unwrap_or(&username);
    let mut data = json!({"id": id(person), "name": name, "username": username});
    for field in fields.split(',').filter(|field| !field.is_empty()) {
        match field {
            "id" | "name" | "username" => {}
            "profile_image_url" => data[field] = json!(format!("{origin}/picture/{}", person.id)),
            "verified" => data[field] = json!(false),
            "created_at" => data[field] = json!("2009-03-21T20:50:14.000Z"),
            "confirmed_email" => {
                let confirmed = person.email_verified && token.scopes.contains("users.email");
                if let (true, Some(email)) = (confirmed, &person.email) {
                    data[field] = json!(email);
                }
            }
            unknown => {
                return Err(ApiError {
                    status: StatusCode::BAD_REQUEST,
                    kind: "https://api.x.com/2/problems/invalid-request",
                    title: "Invalid Request",
                    detail: format!("The `user.fields` query parameter value [{unknown}] is not valid."),
                });
            }
        }
    }
    Ok(data)
}

/// 19 digits.
fn id(person: &Person) -> String {
    format!("1{:018}", person.number("x", 63) % 1_000_000_000_000_000_000)
}

/// Derived from the name: letters, digits and underscores, 15 characters at most.
fn username(person: &Person) -> String {
    let name = person.name.as_deref().unwrap_or(&person.id);
    let username: String = name.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').take(15).collect();
    if username.is_empty() { person.id.replace('-', "_") } else { username }
}
