//! A query string that keeps duplicates.

/// Names and values, percent-decoded.
#[derive(Debug, Default)]
pub struct Query(Vec<(String, String)>);

impl Query {
    /// Parses `application/x-www-form-urlencoded`.
    pub fn parse(query: Option<&str>) -> Self {
        Self(url::form_urlencoded::parse(query.unwrap_or_default().as_bytes()).into_owned().collect())
    }

    /// The value of a name that occurs exactly once, unless it is empty.
    pub fn one(&self, name: &str) -> Option<&str> {
        let mut values = self.0.iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_str());
        let first = values.next().filter(|value| !value.is_empty());
        if values.next().is_some() { None } else { first }
    }

    /// The fields, serialized again, if no name occurs twice.
    pub fn unambiguous(&self) -> Option<String> {
        let mut names: Vec<&str> = self.0.iter().map(|(name, _)| name.as_str()).collect();
        names.sort_unstable();
        if names.windows(2).any(|pair| pair[0] == pair[1]) {
            return None;
        }
        Some(url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&self.0).finish())
    }

    /// Whether any value is longer than so many bytes.
    pub fn is_longer_than(&self, bytes: usize) -> bool {
        self.0.iter().any(|(_, value)| value.len() > bytes)
    }

    /// Whether one of the names occurs more than once. RFC 6749 §3.1 forbids it: two readers may take different values.
    pub fn repeats(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.0.iter().filter(|(key, _)| key == name).count() > 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repeated_name_has_no_value() {
        let query = Query::parse(Some("a=1&b=&c=1&c=2&d=%2Fx"));
        assert_eq!(
            (query.one("a"), query.one("b"), query.one("c"), query.one("d")),
            (Some("1"), None, None, Some("/x"))
        );
        assert_eq!(query.unambiguous(), None);
        assert_eq!(Query::parse(Some("a=%2F&b=")).unambiguous().as_deref(), Some("a=%2F&b="));
        assert!(query.repeats(&["a", "c"]) && !query.repeats(&["a", "b"]));
    }
}
