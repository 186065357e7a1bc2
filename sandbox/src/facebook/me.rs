//! `/me` (the requested fields that exist and are granted) and `/me/permissions`.

use axum::Json;
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use super::EMAIL;
use super::graph::{ApiError, app_scoped_id, caller};
use crate::fields::Fields;
use crate::persons::Person;
use crate::state::{Provider, SharedState};
use crate::token_store::Token;

/// `GET /me?fields=…`; the default is `id,name`.
pub async fn me(State(shared): State<SharedState>, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    let query = Fields::parse(query.as_deref().unwrap_or_default());
    let answer = caller(&shared, &headers, &query).and_then(|(token, person)| {
        let fields = names(query.get("fields").unwrap_or("id,name"));
        user(&token, &person, &fields, shared.origin())
    });
    match answer {
        Ok(members) => Json(members).into_response(),
        Err(error) => error.into_response(),
    }
}

/// `DELETE /me/permissions`: revokes the user's whole grant to the app.
pub async fn delete_permissions(
    State(shared): State<SharedState>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    match caller(&shared, &headers, &Fields::parse(query.as_deref().unwrap_or_default())) {
        Ok((token, _)) => {
            shared.lock().providers[Provider::Facebook].tokens.revoke(&token.person, &token.client_id);
            Json(json!({"success": true})).into_response()
        }
        Err(error) => error.into_response(),
    }
}

fn user(token: &Token, person: &Person, fields: &[String], origin: &str) -> Result<Map<String, Value>, ApiError> {
    let mut members = Map::new();
    for field in fields {
        let value = match field.as_str() {
            "id" => continue,
            "name" => Some(json!(person.name.as_deref().unwrap_or("Facebook User"))),
            "first_name" => person.names().0.map(Value::from),
            "last_name" => person.names().1.map(Value::from),
            "email" => person.email.as_ref().filter(|_| token.scopes.contains(EMAIL)).map(|email| json!(email)),
            "picture" => Some(picture(person, origin)),
            _ => return Err(ApiError::parameter("(#100) Tried accessing nonexisting field on node type (User)")),
        };
        members.extend(value.map(|value| (field.clone(), value)));
    }
    // `id` is always included.
    members.insert("id".to_owned(), json!(app_scoped_id(person, &token.client_id)));
    Ok(members)
}

fn picture(person: &Person, origin: &str) -> Value {
    let url = format!("{origin}/picture/{}", person.id);
    json!({"data": {"height": 50, "is_silhouette": !person.picture, "url": url, "width": 50}})
}

/// Field names without their modifiers: `picture.width(200){url}` is `picture`.
fn names(text: &str) -> Vec<String> {
    let mut names = vec![String::new()];
    let (mut depth, mut modified) = (0_i32, false);
    for character in text.chars() {
        match character {
            ',' if depth == 0 => {
                names.push(String::new());
                modified = false;
                continue;
            }
            '(' | '{' => depth += 1,
            ')' | '}' => depth -= 1,
            _ => {}
        }
        modified |= matches!(character, '.' | '(' | '{');
        if let (false, Some(name)) = (modified, names.last_mut()) {
            name.push(character);
        }
    }
    names.retain(|name| !name.is_empty());
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn field_names_are_read_without_modifiers() {
        assert_eq!(names("id,picture.width(200).height(200){url,width},email,"), ["id", "picture", "email"]);
    }
}
