//! Where a person goes after a sign-in.
//!
//! The threat: whoever can choose that address without bounds can use our sign-in page to lead people to theirs
//! (open redirect, RFC 9700 §4.11). So an address of ours is all that this type can hold, and it is checked when it
//! is written and again when it is used.

use serde::{Deserialize, Serialize};
use url::Url;

/// Longest accepted address, in bytes: it has to fit into a sealed cookie with the rest of the flow.
const LONGEST: usize = 1024;
/// How many layers of percent-encoding are looked through.
const LAYERS: usize = 3;

/// A path of ours with its query, in normal form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ReturnTo(String);

impl ReturnTo {
    /// Accepts an absolute path that a browser can only resolve to our own origin; anything else is `None`.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > LONGEST || !looks_like_a_path(text) {
            return None;
        }
        let base = Url::parse("https://ours.invalid").ok()?;
        let url = base.join(text).ok()?;
        if url.origin() != base.origin() || leads_back_into_sign_in(url.path()) {
            return None;
        }
        let mut normal = url.path().to_owned();
        if let Some(query) = url.query() {
            normal.push('?');
            normal.push_str(query);
        }
        // `/.//evil.example` is ours as typed, and `//evil.example` once its dots are resolved.
        looks_like_a_path(&normal).then_some(Self(normal))
    }

    /// The path and query, fit for a `Location` header.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for ReturnTo {
    fn default() -> Self {
        Self("/dashboard".to_owned())
    }
}

impl TryFrom<String> for ReturnTo {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("not a path of ours")
    }
}

impl From<ReturnTo> for String {
    fn from(return_to: ReturnTo) -> Self {
        return_to.0
    }
}

/// One slash, then neither slash nor backslash, and no control character, also behind percent-encoding: some proxy
/// between us and the browser may decode once more than it should.
fn looks_like_a_path(text: &str) -> bool {
    let mut layer = text.to_owned();
    for _ in 0..=LAYERS {
        let path = layer.split(['?', '#']).next().unwrap_or_default();
        if !path.starts_with('/') || path[1..].starts_with(['/', '\\']) || path.contains('\\') {
            return false;
        }
        if layer.chars().any(char::is_control) {
            return false;
        }
        layer = percent_decode(&layer);
    }
    true
}

fn percent_decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let value = (bytes[at] == b'%')
            .then(|| bytes.get(at + 1..at + 3))
            .flatten()
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match value {
            Some(byte) => {
                decoded.push(byte);
                at += 3;
            }
            None => {
                decoded.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

/// Going back to a page that starts or ends a sign-in would go in circles.
fn leads_back_into_sign_in(path: &str) -> bool {
    path == "/login" || path == "/auth" || path.starts_with("/auth/") || path.starts_with("/api/")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("/dashboard", "/dashboard")]
    #[case("/", "/")]
    #[case("/drive?q=a%20b&kind=image", "/drive?q=a%20b&kind=image")]
    #[case::query_may_name_anything("/x?next=//evil.example", "/x?next=//evil.example")]
    #[case::fragment_stays_behind("/settings#devices", "/settings")]
    #[case::dots("/a/../settings", "/settings")]
    #[case::umlaut("/größe", "/gr%C3%B6%C3%9Fe")]
    fn a_path_of_ours_is_accepted(#[case] text: &str, #[case] normal: &str) {
        assert_eq!(ReturnTo::parse(text).unwrap().as_str(), normal);
    }

    #[rstest]
    #[case("")]
    #[case("dashboard")]
    #[case("https://evil.example")]
    #[case("//evil.example")]
    #[case("/\\evil.example")]
    #[case("\\/\\/evil.example")]
    #[case("/%5cevil.example")]
    #[case("/%255cevil.example")]
    #[case("/%2f%2fevil.example")]
    #[case("/%09/evil.example")]
    #[case("/\t/evil.example")]
    #[case("/%0d%0aLocation:%20//evil")]
    #[case("%0d%0aLocation:%20//evil")]
    #[case("https:evil.example")]
    #[case("javascript:alert(1)")]
    #[case("https://app.example@evil.example")]
    #[case("/.//evil.example")]
    #[case("/a/..//evil.example")]
    #[case("/%2e//evil.example")]
    #[case("/auth/logout")]
    #[case("/auth/google")]
    #[case("/login")]
    fn anything_else_is_refused(#[case] text: &str) {
        assert_eq!(ReturnTo::parse(text), None);
    }

    #[test]
    fn a_long_address_is_refused() {
        assert!(ReturnTo::parse(&format!("/{}", "a".repeat(LONGEST - 1))).is_some());
        assert!(ReturnTo::parse(&format!("/{}", "a".repeat(LONGEST))).is_none());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]
        #[test]
        fn whatever_is_accepted_resolves_to_our_origin(text in "[/\\\\.%a-f0-9:@?#\\t \\r\\n]{0,24}|\\PC{0,40}") {
            if let Some(accepted) = ReturnTo::parse(&text) {
                let base = Url::parse("https://app.example/login").unwrap();
                let resolved = base.join(accepted.as_str()).unwrap();
                prop_assert_eq!(resolved.origin(), base.origin());
                prop_assert_eq!(ReturnTo::parse(accepted.as_str()), Some(accepted));
            }
        }
    }
}
