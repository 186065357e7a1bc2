//! Placeholders in control calls, filled in on use: `{"$now": 60}`, `{"$raw": "1e400"}`, `{origin}`, `{value}`.

use serde_json::{Map, Value};

pub struct Template<'a> {
    origin: &'a str,
    now: i64,
    /// The value of `{value}`, if there is one.
    pub original: Option<String>,
    raw: Vec<String>,
}

impl<'a> Template<'a> {
    pub fn new(origin: &'a str, now: i64) -> Self {
        Self { origin, now, original: None, raw: Vec::new() }
    }

    pub fn fill(&mut self, value: &Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.text(text)),
            Value::Array(values) => values.iter().map(|value| self.fill(value)).collect(),
            Value::Object(members) => self.object(members),
            other => other.clone(),
        }
    }

    pub fn text(&self, text: &str) -> String {
        let text = text.replace("{origin}", self.origin);
        self.original.as_ref().map_or_else(|| text.clone(), |original| text.replace("{value}", original))
    }

    /// Serializes a filled value, with `$raw` texts inserted.
    pub fn print(&self, value: &Value) -> String {
        let mut text = value.to_string();
        for (number, raw) in self.raw.iter().enumerate() {
            text = text.replace(&format!("\"{}\"", place(number)), raw);
        }
        text
    }

    fn object(&mut self, members: &Map<String, Value>) -> Value {
        if let Some(offset) = members.get("$now").and_then(Value::as_i64) {
            let time = self.now.saturating_add(offset);
            return match members.get("as").and_then(Value::as_str) {
                Some("string") => Value::from(time.to_string()),
                #[allow(clippy::cast_precision_loss)] // unix seconds are far below 2^53
                Some("float") => Value::from(time as f64 + 0.5),
                _ => Value::from(time),
            };
        }
        if let Some(raw) = members.get("$raw").and_then(Value::as_str) {
            self.raw.push(raw.to_owned());
            return Value::from(place(self.raw.len() - 1));
        }
        members.iter().map(|(name, value)| (name.clone(), self.fill(value))).collect()
    }
}

fn place(number: usize) -> String {
    format!("@raw {number}@")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn times_are_relative_and_have_the_requested_type() {
        let mut template = Template::new("http://o", 1_000);
        let filled = template.fill(&json!([{"$now": -61}, {"$now": 5, "as": "string"}, {"$now": 0, "as": "float"}, 7]));
        assert_eq!(filled, json!([939, "1005", 1000.5, 7]));
    }

    #[test]
    fn raw_text_and_origin_are_filled_in() {
        let mut template = Template::new("http://o", 0);
        let filled = template.fill(&json!({"exp": {"$raw": "1e400"}, "jku": "{origin}/trap"}));
        assert_eq!(template.print(&filled), r#"{"exp":1e400,"jku":"http://o/trap"}"#);
    }
}
