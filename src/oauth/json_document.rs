//! Reading JSON from untrusted sources.
//!
//! Two kinds of documents: what a client sends to us, where every member has to be right ([`JsonDocument::parse`]), and what
//! a provider sends ([`JsonDocument::parse_received`]), where a member that the step does not read must not fail it. In both, a
//! member that is read must occur once, since parsers disagree about which one counts, and one of the wrong type is an
//! error and never counts as absent, which is how `"exp": "never"` once passed for "no expiry" (CVE-2026-25537). The same
//! holds for what JSON permits and no type here can hold (RFC 7493 §2): an unpaired surrogate (`"\ud800"`), a number beyond
//! `f64` (`1e400`), and more than 64 levels of nesting.

use std::fmt;

use serde_json::{Map, Value};
use url::form_urlencoded;

use super::{
    json_defects::{DefectKind, Defects},
    json_reader,
};

/// A JSON object. Its readers return an error for a repeated member.
#[derive(Clone, PartialEq)]
pub struct JsonDocument {
    members: Map<String, Value>,
    defects: Defects,
}

/// Why a document was rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    /// Not a JSON object; or, if every member counts, one with a repeated member name or an unrepresentable value.
    #[error("not a JSON object with unique member names")]
    NotAnObject,
    /// Not JSON; or, if every member counts, with a repeated member name or an unrepresentable value.
    #[error("not JSON with unique member names")]
    NotJson,
    /// A required member is missing; its name.
    #[error("{0} missing")]
    Missing(&'static str),
    /// A member has the wrong JSON type, is out of range, or contains an unrepresentable value; its name.
    #[error("{0} has the wrong type")]
    WrongType(&'static str),
    /// A member that is read occurs more than once, or contains one that does; its name.
    #[error("{0} repeated")]
    Repeated(&'static str),
}

/// Parses any JSON value as strictly as [`JsonDocument::parse`].
///
/// # Errors
/// [`DocumentError::NotJson`]: invalid JSON, or a repeated member name or an unrepresentable value at any depth.
pub fn parse_json(bytes: &[u8]) -> Result<Value, DocumentError> {
    match json_reader::read(bytes) {
        Some((value, defects)) if defects.is_empty() => Ok(value),
        _ => Err(DocumentError::NotJson),
    }
}

/// Parses any JSON value of a provider, of which the members at these paths are read: names separated by dots, `*` for
/// any position of an array. Other members that are repeated or unrepresentable are left out; without paths, as for a list that
/// decides nothing, each of them counts as absent.
///
/// # Errors
/// [`DocumentError::NotJson`], also for more than 256 such members; [`DocumentError::Repeated`] if a value at one of the paths
/// is ambiguous; [`DocumentError::WrongType`] if it is unrepresentable.
pub fn parse_received_json(bytes: &[u8], read: &[&'static str]) -> Result<Value, DocumentError> {
    let (value, defects) = json_reader::read(without_byte_order_mark(bytes)).ok_or(DocumentError::NotJson)?;
    check_paths(&defects, read).map(|()| value)
}

impl JsonDocument {
    /// Parses a document of which every member counts: a request to this server, or one of its own tokens.
    ///
    /// # Errors
    /// [`DocumentError::NotAnObject`]: invalid JSON, another JSON type, or a repeated member name or an unrepresentable value
    /// at any depth.
    pub fn parse(bytes: &[u8]) -> Result<Self, DocumentError> {
        match json_reader::read(bytes) {
            Some((Value::Object(members), defects)) if defects.is_empty() => Ok(Self { members, defects }),
            _ => Err(DocumentError::NotAnObject),
        }
    }

    /// Parses a document of a provider. A repeated or unrepresentable member is an error when it is read, and ignored
    /// otherwise; `null` is the same as absent, as in many providers' serialisers.
    ///
    /// # Errors
    /// [`DocumentError::NotAnObject`]: invalid JSON, another JSON type, or more than 256 such members.
    pub fn parse_received(bytes: &[u8]) -> Result<Self, DocumentError> {
        match json_reader::read(bytes) {
            Some((Value::Object(members), defects)) => Ok(Self::received(members, defects)),
            _ => Err(DocumentError::NotAnObject),
        }
    }

    /// Parses `application/x-www-form-urlencoded` as an object of strings, for providers that answer so (GitHub).
    ///
    /// # Errors
    /// [`DocumentError::NotAnObject`]: not UTF-8, or more than 256 repeated names.
    pub fn parse_urlencoded(bytes: &[u8]) -> Result<Self, DocumentError> {
        std::str::from_utf8(bytes).map_err(|_| DocumentError::NotAnObject)?;
        let (mut members, mut defects) = (Map::new(), Defects::default());
        for (name, value) in form_urlencoded::parse(bytes) {
            let earlier = members.insert(name.clone().into_owned(), Value::String(value.into_owned()));
            if earlier.is_some() && defects.of_member_itself(&name).is_none() {
                defects.add(&[name.into()], DefectKind::Repeated);
            }
        }
        if defects.are_too_many() {
            return Err(DocumentError::NotAnObject);
        }
        members.retain(|name, _| defects.of_member_itself(name).is_none());
        Ok(Self { members, defects })
    }

    fn received(mut members: Map<String, Value>, defects: Defects) -> Self {
        members.retain(|_, value| !value.is_null());
        Self { members, defects }
    }

    /// A member's value, of any type; `None` if absent or defective. Where that difference matters, [`Self::read`] it.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.members.get(name)
    }

    /// A member's value, of any type.
    ///
    /// # Errors
    /// [`DocumentError::Repeated`] and [`DocumentError::WrongType`], as for all that follow.
    pub fn read(&self, name: &'static str) -> Result<Option<&Value>, DocumentError> {
        match self.defects.of_member(name) {
            Some(defect) => Err(defect.error(name)),
            None => Ok(self.members.get(name)),
        }
    }

    /// Whether the member exists, readable or not.
    pub fn contains(&self, name: &str) -> bool {
        self.members.contains_key(name) || self.defects.of_member_itself(name).is_some()
    }

    /// The names of the members without a defect.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.members.keys().map(String::as_str)
    }

    /// The members without a defect, as a JSON object.
    pub fn to_value(&self) -> Value {
        Value::Object(self.members.clone())
    }

    /// Checks that the values at these paths are unambiguous and representable; for paths see [`parse_received_json`].
    ///
    /// # Errors
    /// [`DocumentError::Repeated`] or [`DocumentError::WrongType`] with the first one that is not.
    pub fn check_once(&self, paths: &[&'static str]) -> Result<(), DocumentError> {
        check_paths(&self.defects, paths)
    }

    /// A required member that is an array of documents, each read by itself like [`Self::parse_received`]; an element that
    /// is no object is left out.
    ///
    /// # Errors
    /// [`DocumentError::Missing`]; [`DocumentError::WrongType`] if it is no array; [`DocumentError::Repeated`] if the member
    /// itself occurs more than once.
    pub fn required_documents(&self, name: &'static str) -> Result<Vec<Self>, DocumentError> {
        if let Some(defect) = self.defects.of_member_itself(name) {
            return Err(defect.error(name));
        }
        let value = self.members.get(name).ok_or(DocumentError::Missing(name))?;
        let elements = value.as_array().ok_or(DocumentError::WrongType(name))?;
        let document = |(index, element): (usize, &Value)| {
            let members = element.as_object()?.clone();
            Some(Self::received(members, self.defects.below_element(name, index)))
        };
        Ok(elements.iter().enumerate().filter_map(document).collect())
    }

    /// A string member.
    ///
    /// # Errors
    /// [`DocumentError::WrongType`] for any other type.
    pub fn optional_str(&self, name: &'static str) -> Result<Option<&str>, DocumentError> {
        match self.read(name)? {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(DocumentError::WrongType(name)),
        }
    }

    /// A required string member.
    ///
    /// # Errors
    /// [`DocumentError::Missing`]; [`DocumentError::WrongType`] for any other type.
    pub fn required_str(&self, name: &'static str) -> Result<&str, DocumentError> {
        self.optional_str(name)?.ok_or(DocumentError::Missing(name))
    }

    /// A boolean member.
    ///
    /// # Errors
    /// [`DocumentError::WrongType`] for any other type, the string `"true"` included.
    pub fn optional_bool(&self, name: &'static str) -> Result<Option<bool>, DocumentError> {
        match self.read(name)? {
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
        match self.read(name)? {
            None => Ok(None),
            Some(value) => value.as_u64().map(Some).ok_or(DocumentError::WrongType(name)),
        }
    }

    /// A member that is an array of strings.
    ///
    /// # Errors
    /// [`DocumentError::WrongType`] for any other type, or if any element is not a string.
    pub fn optional_strs(&self, name: &'static str) -> Result<Option<Vec<&str>>, DocumentError> {
        let Some(value) = self.read(name)? else {
            return Ok(None);
        };
        let elements = value.as_array().ok_or(DocumentError::WrongType(name))?;
        let strings: Option<Vec<&str>> = elements.iter().map(Value::as_str).collect();
        strings.map(Some).ok_or(DocumentError::WrongType(name))
    }
}

fn check_paths(defects: &Defects, paths: &[&'static str]) -> Result<(), DocumentError> {
    let defect = |path: &&'static str| Some(defects.on_path(path)?.error(path));
    paths.iter().find_map(defect).map_or(Ok(()), Err)
}

/// UTF-8's byte order mark, which RFC 8259 §8.1 lets a parser ignore.
pub(super) fn without_byte_order_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes)
}

/// Prints names only: values may be tokens or personal data.
impl fmt::Debug for JsonDocument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JsonDocument")?;
        f.debug_set().entries(self.names()).finish()
    }
}
