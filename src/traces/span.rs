//! A span, from its start to its end.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// What its work is (`SpanKind` of the protocol).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Internal = 1,
    Server = 2,
    Client = 3,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    Text(String),
    Number(i64),
}

/// A span that is open, or has just ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FinishedSpan {
    pub trace: [u8; 16],
    pub id: [u8; 8],
    pub parent: Option<[u8; 8]>,
    pub name: &'static str,
    pub kind: Kind,
    /// Nanoseconds since 1970.
    pub start: u64,
    pub end: u64,
    pub attributes: Vec<(&'static str, Value)>,
    pub failed: bool,
}

/// Longest text of an attribute, in characters.
const MAX_TEXT: usize = 300;

impl FinishedSpan {
    pub fn set(&mut self, name: &'static str, value: Value) {
        let value = match value {
            Value::Text(text) if text.is_empty() => return,
            Value::Text(text) => Value::Text(text.chars().filter(|char| !char.is_control()).take(MAX_TEXT).collect()),
            number @ Value::Number(_) => number,
        };
        match self.attributes.iter_mut().find(|(known, _)| *known == name) {
            Some(attribute) => attribute.1 = value,
            None => self.attributes.push((name, value)),
        }
    }
}

pub fn nanoseconds(time: SystemTime) -> u64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
    u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
}
