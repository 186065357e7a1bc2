//! Strict reading of a JSON object from an untrusted source.
//!
//! A duplicate member name is an error at every depth: parsers disagree about which one counts. A member of the wrong
//! type is an error and never counts as absent, which is how `"exp": "never"` once passed for "no expiry"
//! (CVE-2026-25537).

use std::fmt;

use serde_json::{Map, Value};
use url::form_urlencoded;

use super::unique_members::UniqueMembers;

/// A JSON object with unique member names.
#[derive(Clone, PartialEq)]
pub struct JsonDocument(Map<String, Value>);

/// Why a document was rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    /// Not a JSON object, or a duplicate member name.
    #[error("not a JSON object with unique member names")]
    NotAnObject,
    /// Not JSON, or a duplicate member name.
    #[error("not JSON with unique member names")]
    NotJson,
    /// A required member is missing; its name.
    #[error("{0} missing")]
    Missing(&'static str),
    /// A member has the wrong JSON type or is out of range; its name.
    #[error("{0} has the wrong type")]
    WrongType(&'static str),
}

/// Parses any JSON value as strictly as [`JsonDocument::parse`]: GitHub's `/user/emails` is an array.
///
/// # Errors
/// [`DocumentError::NotJson`]: invalid JSON, or a duplicate member name at any depth.
pub fn parse_json(bytes: &[u8]) -> Result<Value, DocumentError> {
    let UniqueMembers(value) = serde_json::from_slice(bytes).map_err(|_| DocumentError::NotJson)?;
    Ok(value)
}

impl JsonDocument {
    /// Parses a document.
    ///
    /// # Errors
    /// [`DocumentError::NotAnObject`]: invalid JSON, another JSON type, or a duplicate member name at any depth.
    pub fn parse(bytes: &[u8]) -> Result<Self, DocumentError> {
        match serde_json::from_slice(bytes) {
            Ok(UniqueMembers(Value::Object(members))) => Ok(Self(members)),
            _ => Err(DocumentError::NotAnObject),
        }
    }

    /// Parses `application/x-www-form-urlencoded` as an object of strings, for providers that answer so (GitHub).
    ///
    /// # Errors
    /// [`DocumentError::NotAnObject`]: not UTF-8, or a duplicate name.
    pub fn parse_urlencoded(bytes: &[u8]) -> Result<Self, DocumentError> {
        std::str::from_utf8(bytes).map_err(|_| DocumentError::NotAnObject)?;
        let mut members = Map::new();
        for (name, value) in form_urlencoded::parse(bytes) {
            let earlier = members.insert(name.into_owned(), Value::String(value.into_owned()));
            if earlier.is_some() {
                return Err(DocumentError::NotAnObject);
            }
        }
        Ok(Self(members))
    }

    /// A member's value, of any type.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// Whether the member exists, `null` included.
    pub fn contains(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// The member names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// A string member.
    ///
    /// # Errors
    /// [`DocumentError::WrongType`] for any other type, `null` included.
    pub fn optional_str(&self, name: &'static str) -> Result<Option<&str>, DocumentError> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(DocumentError::WrongType(name)),
        }
    }

    /// A required string member.
    ///
    /// # Errors
    /// [`DocumentError::Missing`]; [`DocumentError::WrongType`] for any other type, `null` included.
    pub fn required_str(&self, name: &'static str) -> Result<&str, DocumentError> {
        self.optional_str(name)?.ok_or(DocumentError::Missing(name))
    }

    /// A boolean member.
    ///
    /// # Errors
    /// [`DocumentError::WrongType`] for any other type, the string `"true"` included.
    pub fn optional_bool(&self, name: &'static str) -> Result<Option<bool>, DocumentError> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::Bool(value)) => Ok(Some(*value)),
            Some(_) => Err(DocumentError::WrongType(name)),
        }
    }

    /// A non-negative integer member.
    ///
    /// # Errors
    /// [`DocumentError::WrongType`] for anything else, `1.0` included.
    pub fn optional_u64(&self, name: &'static str) -> Result<Option<u64>, DocumentError> {
        match self.get(name) {
            None => Ok(None),
            Some(value) => value.as_u64().map(Some).ok_or(DocumentError::WrongType(name)),
        }
    }

    /// A member that is an array of strings.
    ///
    /// # Errors
    /// [`DocumentError::WrongType`] for any other type, or if any element is not a string.
    pub fn optional_strs(&self, name: &'static str) -> Result<Option<Vec<&str>>, DocumentError> {
        let Some(value) = self.get(name) else {
            return Ok(None);
        };
        let elements = value.as_array().ok_or(DocumentError::WrongType(name))?;
        let strings: Option<Vec<&str>> = elements.iter().map(Value::as_str).collect();
        strings.map(Some).ok_or(DocumentError::WrongType(name))
    }
}

/// Prints names only: values may be tokens or personal data.
impl fmt::Debug for JsonDocument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JsonDocument")?;
        f.debug_set().entries(self.names()).finish()
    }
}
