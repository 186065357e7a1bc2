//! A provider's name in URLs.

use std::fmt;

/// 1 to 32 of `a-z`, `0-9`, `_` and `-`, beginning with a letter. Safe in a path, a cookie and a log line.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Slug(String);

impl Slug {
    /// `None` for anything else, upper case and percent signs included: one provider has one URL.
    pub fn parse(text: &str) -> Option<Self> {
        let mut bytes = text.bytes();
        let first_fits = bytes.next().is_some_and(|byte| byte.is_ascii_lowercase());
        let rest_fits =
            bytes.all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_' || byte == b'-');
        (first_fits && rest_fits && text.len() <= 32).then(|| Self(text.to_owned()))
    }

    pub(super) fn constant(text: &'static str) -> Self {
        Self(text.to_owned())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
