//! Makes values that may be shown.

use aws_lc_rs::hmac;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value as Json;

use super::{
    names::{is_personal, is_shown},
    value::{Parameter, Value},
};
use crate::{
    oauth::{AuthorizationCode, Nonce, PkceVerifier, State},
    sealing::{RandomError, random_bytes},
};

/// Keeps of a secret its length and a digest. Equal secrets have equal digests, so that a reader sees that the `state` that came
/// back is the one that was sent. The key is random and dies with the process: a digest can be compared and never guessed.
#[derive(Clone)]
pub struct Redactor(hmac::Key);

/// A type whose values are secret. No other conversion into a [`Value`] exists for them.
pub trait Redact {
    fn exposed(&self) -> &str;
}

impl Redact for SecretString {
    fn exposed(&self) -> &str {
        self.expose_secret()
    }
}

impl Redact for State {
    fn exposed(&self) -> &str {
        self.expose()
    }
}

impl Redact for Nonce {
    fn exposed(&self) -> &str {
        self.expose()
    }
}

impl Redact for PkceVerifier {
    fn exposed(&self) -> &str {
        self.expose()
    }
}

impl Redact for AuthorizationCode {
    fn exposed(&self) -> &str {
        self.expose()
    }
}

impl Redactor {
    /// # Errors
    /// If the system returns no random numbers.
    pub(super) fn new() -> Result<Self, RandomError> {
        Ok(Self(hmac::Key::new(hmac::HMAC_SHA256, &random_bytes::<32>()?)))
    }

    pub fn secret(&self, secret: &impl Redact) -> Value {
        self.unknown(secret.exposed())
    }

    /// A text of which nothing is known: it counts as a secret.
    pub fn unknown(&self, text: &str) -> Value {
        let digest = hmac::sign(&self.0, text.as_bytes());
        let first = digest.as_ref().first_chunk().copied().map_or(0, u32::from_be_bytes);
        Value::secret(text.len(), format!("{first:08x}"))
    }

    /// A text about a person.
    pub fn personal(&self, text: &str) -> Value {
        Value::personal(text)
    }

    /// A parameter of a query or form.
    pub fn parameter(&self, name: &str, value: &str) -> Parameter {
        let value = match () {
            () if is_shown(name) => Value::shown(value),
            () if is_personal(name) => Value::personal(value),
            () => self.unknown(value),
        };
        Parameter::named(name, value)
    }

    /// A member of a JSON document. Of an array or object whose name is not public, the number of entries.
    pub fn member(&self, name: &str, value: &Json) -> Parameter {
        let text = match value {
            Json::String(text) => text.clone(),
            Json::Array(entries) if is_shown(name) && entries.iter().all(Json::is_string) => {
                let texts: Vec<&str> = entries.iter().filter_map(Json::as_str).collect();
                texts.join(", ")
            }
            Json::Array(entries) => return Parameter::named(name, count(entries.len())),
            Json::Object(members) => return Parameter::named(name, count(members.len())),
            Json::Bool(_) | Json::Number(_) | Json::Null => value.to_string(),
        };
        self.parameter(name, &text)
    }

    /// The members of a JSON object, the first 40; none of anything else.
    pub fn members(&self, document: &Json) -> Vec<Parameter> {
        let members = document.as_object().into_iter().flatten().take(40);
        members.map(|(name, value)| self.member(name, value)).collect()
    }

    /// The parameters of a query or form, the first 40.
    pub fn urlencoded(&self, text: &str) -> Vec<Parameter> {
        let pairs = url::form_urlencoded::parse(text.as_bytes()).take(40);
        pairs.map(|(name, value)| self.parameter(&name, &value)).collect()
    }
}

fn count(entries: usize) -> Value {
    Value::shown(&format!("{entries} entries"))
}

impl std::fmt::Debug for Redactor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Redactor")
    }
}
