//! A JSON object as strangers send it: read without forgiveness.
//!
//! Two parsers that disagree about a document are a hole: so a member name that occurs twice is a refusal at
//! every depth. A member of the wrong type is a refusal as well and never counts as absent, which is how
//! `"exp": "never"` once passed for "no expiry" (CVE-2026-25537).

use std::fmt;

use serde_json::{Map, Value};
use url::form_urlencoded;

use super::unique_members::UniqueMembers;

/// A JSON object with unique member names.
#[derive(Clone, PartialEq)]
pub struct JsonDocument(Map<String, Value>);

/// Why a document is not what it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    /// Not a JSON object, or one with a member name twice.
    #[error("not a JSON object with unique members")]
    NotAnObject,
    /// Not JSON, or with a member name twice somewhere.
    #[error("not JSON with unique members")]
    NotJson,
    /// This member is required.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// This member has the wrong JSON type or a value outside its range.
    #[error("{0} has the wrong type")]
    WrongType(&'static str),
}

/// Reads any JSON value, with the same strictness: not every document is an object (GitHub's `/user/emails`).
///
/// # Errors
/// [`DocumentError::NotJson`].
pub fn parse_json(bytes: &[u8]) -> Result<Value, DocumentError> {
    let UniqueMembers(value) = serde_json::from_slice(bytes).map_err(|_| DocumentError::NotJson)?;
    Ok(value)
}

impl JsonDocument {
    /// Reads a document.
    ///
    /// # Errors
    /// [`DocumentError::NotAnObject`].
    pub fn parse(bytes: &[u8]) -> Result<Self, DocumentError> {
        match serde_json::from_slice(bytes) {
            Ok(UniqueMembers(Value::Object(members))) => Ok(Self(members)),
            _ => Err(DocumentError::NotAnObject),
        }
    }

    /// Reads a form as if it were an object of strings, for providers that answer that way.
    ///
    /// # Errors
    /// [`DocumentError::NotAnObject`] for bytes that are not UTF-8 and for names that come twice.
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

    /// A member as it is.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// Whether there is such a member, be it `null`.
    pub fn contains(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// The members' names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// A string.
    ///
    /// # Errors
    /// [`DocumentError::WrongType`] for anything else that is there, `null` included.
    pub fn optional_str(&self, name: &'static str) -> Result<Option<&str>, DocumentError> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(DocumentError::WrongType(name)),
        }
    }

    /// A string that must be there.
    ///
    /// # Errors
    /// [`DocumentError::Missing`], [`DocumentError::WrongType`].
    pub fn required_str(&self, name: &'static str) -> Result<&str, DocumentError> {
        self.optional_str(name)?.ok_or(DocumentError::Missing(name))
    }

    /// A boolean; the string `"true"` is none.
    ///
    /// # Errors
    /// [`DocumentError::WrongType`].
    pub fn optional_bool(&self, name: &'static str) -> Result<Option<bool>, DocumentError> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::Bool(value)) => Ok(Some(*value)),
            Some(_) => Err(DocumentError::WrongType(name)),
        }
    }

    /// An integer that is not negative; `1.0` is none.
    ///
    /// # Errors
    /// [`DocumentError::WrongType`].
    pub fn optional_u64(&self, name: &'static str) -> Result<Option<u64>, DocumentError> {
        match self.get(name) {
            None => Ok(None),
            Some(value) => value.as_u64().map(Some).ok_or(DocumentError::WrongType(name)),
        }
    }

    /// An array of strings.
    ///
    /// # Errors
    /// [`DocumentError::WrongType`], also when a single element is no string.
    pub fn optional_strs(&self, name: &'static str) -> Result<Option<Vec<&str>>, DocumentError> {
        let Some(value) = self.get(name) else {
            return Ok(None);
        };
        let elements = value.as_array().ok_or(DocumentError::WrongType(name))?;
        let strings: Option<Vec<&str>> = elements.iter().map(Value::as_str).collect();
        strings.map(Some).ok_or(DocumentError::WrongType(name))
    }
}

/// Names only: the values are tokens and personal data.
impl fmt::Debug for JsonDocument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JsonDocument")?;
        f.debug_set().entries(self.names()).finish()
    }
}
