//! The claims about a user that the granted scopes allow.

use serde_json::{Map, Value, json};

use super::scopes::{EMAIL, PROFILE};
use crate::persons::Person;
use crate::token_store::Scopes;

/// `sub`, and with the matching scopes `email`, `email_verified` (boolean), `hd`, the names and the picture.
pub fn claims(person: &Person, scopes: &Scopes, origin: &str) -> Map<String, Value> {
    let mut claims = Map::new();
    let mut set = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            claims.insert(name.to_owned(), value);
        }
    };
    set("sub", Some(json!(person.sub)));
    if scopes.contains(EMAIL) {
        set("email", person.email.as_ref().map(|email| json!(email)));
        set("email_verified", person.email.as_ref().map(|_| json!(person.email_verified)));
        set("hd", person.hd.as_ref().map(|hd| json!(hd)));
    }
    if scopes.contains(PROFILE) {
        let (given, family) = person.names();
        set("name", person.name.as_ref().map(|name| json!(name)));
        set("given_name", given.map(Value::from));
        set("family_name", family.map(Value::from));
        set("picture", person.picture.then(|| json!(format!("{origin}/picture/{}", person.id))));
    }
    claims
}
