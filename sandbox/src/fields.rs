//! The fields of a query or form, in order, including repeated ones.

use serde_json::{Map, Value};

/// Redacted in the request log.
const SECRETS: &[&str] = &[
    "code",
    "code_verifier",
    "client_secret",
    "access_token",
    "refresh_token",
    "id_token",
    "token",
    "password",
    "input_token",
    "appsecret_proof",
    "fb_exchange_token",
];

#[derive(Clone, Debug, Default)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// Never fails: malformed input is read as the URL standard says.
    pub fn parse(text: &str) -> Self {
        Self(url::form_urlencoded::parse(text.as_bytes()).into_owned().collect())
    }

    /// The string members of a JSON object.
    pub fn of_json(text: &str) -> Self {
        let members: Map<String, Value> = serde_json::from_str(text).unwrap_or_default();
        Self(members.into_iter().filter_map(|(name, value)| Some((name, value.as_str()?.to_owned()))).collect())
    }

    pub fn joined(query: Option<&str>, form: &str) -> Self {
        Self::parse(&format!("{}&{form}", query.unwrap_or_default()))
    }

    /// The first value of `name`; an empty value counts as absent (RFC 6749 §3.1).
    pub fn get(&self, name: &str) -> Option<&str> {
        self.all(name).find(|value| !value.is_empty())
    }

    pub fn all<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }

    /// A repeated parameter, which RFC 6749 §3.1 and §3.2 forbid.
    pub fn repeated(&self) -> Option<&str> {
        self.0.iter().map(|(name, _)| name.as_str()).find(|name| self.all(name).count() > 1)
    }

    /// The encoded fields without those called `name`.
    pub fn without(&self, name: &str) -> String {
        let kept = self.0.iter().filter(|(known, _)| known != name);
        url::form_urlencoded::Serializer::new(String::new()).extend_pairs(kept).finish()
    }

    /// For the request log: an object with secrets redacted and repeated fields as arrays.
    pub fn redacted(&self) -> Value {
        let mut members = Map::new();
        for (name, value) in &self.0 {
            let shown = if SECRETS.contains(&name.as_str()) { "[redacted]" } else { value };
            match members.get_mut(name) {
                None => drop(members.insert(name.clone(), Value::from(shown))),
                Some(Value::Array(values)) => values.push(Value::from(shown)),
                Some(value) => *value = Value::from(vec![value.take(), Value::from(shown)]),
            }
        }
        Value::Object(members)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn log_redacts_secrets() {
        let fields = Fields::parse("grant_type=authorization_code&code=4%2F0&a=1&a=2");
        assert_eq!(
            fields.redacted(),
            json!({"grant_type": "authorization_code", "code": "[redacted]", "a": ["1", "2"]})
        );
        assert_eq!(fields.repeated(), Some("a"));
        assert_eq!(fields.without("a"), "grant_type=authorization_code&code=4%2F0");
    }
}
