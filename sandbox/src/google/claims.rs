//! What the provider says about a person, as far as the granted scopes allow.

use serde_json::{Map, Value, json};

use super::scopes::{EMAIL, PROFILE};
use crate::ledger::Scopes;
use crate::persons::Person;

/// `sub`, and with their scopes `email`, `email_verified` (a boolean), `hd`, and the names and the picture.
pub fn claims(person: &Person, scopes: &Scopes, origin: &str) -> Map<String, Value> {
    let mut claims = Map::new();
    let mut say = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            claims.insert(name.to_owned(), value);
        }
    };
    say("sub", Some(json!(person.sub)));
    if scopes.contains(EMAIL) {
        say("email", person.email.as_ref().map(|email| json!(email)));
        say("email_verified", person.email.as_ref().map(|_| json!(person.email_verified)));
        say("hd", person.hd.as_ref().map(|hd| json!(hd)));
    }
    if scopes.contains(PROFILE) {
        let (given, family) = person.names();
        say("name", person.name.as_ref().map(|name| json!(name)));
        say("given_name", given.map(Value::from));
        say("family_name", family.map(Value::from));
        say("picture", person.picture.then(|| json!(format!("{origin}/picture/{}", person.id))));
    }
    claims
}
