//! What a command prints.

use serde_json::{Value, json};

const SCHEMA: u32 = 1;

/// The answer of a command, as text and as JSON.
#[derive(Clone, Debug)]
pub struct Report {
    text: String,
    json: Value,
}

impl Report {
    /// `json` is an object.
    pub(super) fn new(text: String, mut json: Value) -> Self {
        json["schema"] = json!(SCHEMA);
        Self { text, json }
    }

    /// With a trailing line break.
    pub fn to_json(&self) -> String {
        format!("{:#}\n", self.json)
    }

    /// Lines, each with a line break.
    pub fn text(&self) -> &str {
        &self.text
    }
}
