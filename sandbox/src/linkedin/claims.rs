//! What LinkedIn says about a member, in two dialects: the id_token's and userinfo's.

use axum::Json;
use axum::extract::State;
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use crate::persons::Person;
use crate::state::{Provider, SharedState};
use crate::token_store::Scopes;

/// The claims of an id_token beside those of every token: `email_verified` and `locale` are strings.
pub fn in_id_token(person: &Person, scopes: &Scopes, origin: &str) -> Map<String, Value> {
    let mut claims = common_claims(person, scopes, origin);
    if let Some(Value::Bool(verified)) = claims.get("email_verified") {
        let text = json!(verified.to_string());
        claims.insert("email_verified".to_owned(), text);
    }
    if scopes.contains("profile") {
        claims.insert("locale".to_owned(), json!("en_US"));
    }
    claims
}

/// `GET /v2/userinfo`, with a bearer token in the header.
pub async fn userinfo(State(shared): State<SharedState>, headers: HeaderMap) -> Response {
    let bearer = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    let state = shared.lock();
    let token = bearer.and_then(|text| state.providers[Provider::Linkedin].tokens.live(text, state.now()));
    let known = token.and_then(|token| Some((token, state.persons.by_id(&token.person)?)));
    match known {
        Some((token, person)) if token.scopes.contains("openid") => {
            let mut claims = common_claims(person, &token.scopes, shared.origin());
            if token.scopes.contains("profile") {
                claims.insert("locale".to_owned(), json!({"country": "US", "language": "en"}));
            }
            Json(claims).into_response()
        }
        Some(_) => {
            error(StatusCode::FORBIDDEN, "ACCESS_DENIED", "Not enough permissions to access: userinfo.GET.NO_VERSION")
        }
        None => error(StatusCode::UNAUTHORIZED, "INVALID_ACCESS_TOKEN", "Invalid access token"),
    }
}

/// The form of LinkedIn's API errors.
fn error(status: StatusCode, code: &str, message: &str) -> Response {
    (status, Json(json!({"status": status.as_u16(), "code": code, "message": message}))).into_response()
}

fn common_claims(person: &Person, scopes: &Scopes, origin: &str) -> Map<String, Value> {
    let mut claims = Map::new();
    let mut say = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            claims.insert(name.to_owned(), value);
        }
    };
    say("sub", Some(json!(member(person))));
    if scopes.contains("profile") {
        let (given, family) = person.names();
        say("name", person.name.as_ref().map(|name| json!(name)));
        say("given_name", given.map(|name| json!(name)));
        say("family_name", family.map(|name| json!(name)));
        say("picture", person.picture.then(|| json!(format!("{origin}/picture/{}", person.id))));
    }
    if let (true, Some(email)) = (scopes.contains("email"), &person.email) {
        say("email", Some(json!(email)));
        say("email_verified", Some(json!(person.email_verified)));
    }
    claims
}

/// Members are known to each app by ten characters of its own.
fn member(person: &Person) -> String {
    format!("{:010x}", person.number("linkedin", 40))
}
