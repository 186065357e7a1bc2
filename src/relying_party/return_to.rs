//! The path to redirect to after a sign-in.
//!
//! The threat: with an arbitrary URL, an attacker could use the sign-in page as an open redirector (RFC 9700 §4.11).
//! This type holds a path on the application's own origin only; it is validated when it is parsed and when it is
//! deserialized.

use serde::{Deserialize, Serialize};
use url::Url;

/// Layers of percent-encoding that are checked.
const MAX_LAYERS: usize = 3;

/// A path on the application's origin with an optional query, normalised.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ReturnTo(String);

impl ReturnTo {
    /// Longest accepted value, in bytes: it has to fit into the sealed cookie of the flow.
    pub const MAX_BYTES: usize = 2048;

    /// Parses an absolute path that every browser resolves to the application's origin; `None` for anything else, and
    /// for the login page, `/auth/…` and `/api/auth/…`.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > Self::MAX_BYTES || !looks_like_a_path(text) {
            return None;
        }
        let base = Url::parse("https://app.invalid").ok()?;
        let url = base.join(text).ok()?;
        if url.origin() != base.origin() || is_sign_in_path(url.path()) {
            return None;
        }
        let mut normal = url.path().to_owned();
        if let Some(query) = url.query() {
            normal.push('?');
            // The URL standard leaves a backslash in a query, and JSON would double it.
            normal.push_str(&query.replace('\\', "%5C"));
        }
        // `/.//evil.example` normalises to `//evil.example`.
        (normal.len() <= Self::MAX_BYTES && looks_like_a_path(&normal)).then_some(Self(normal))
    }

    /// The path and query, valid in a `Location` header.
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
        Self::parse(&text).ok_or("not a path on this origin")
    }
}

impl From<ReturnTo> for String {
    fn from(return_to: ReturnTo) -> Self {
        return_to.0
    }
}

/// One slash, then neither slash nor backslash, and no control character, also after percent-decoding: a proxy may
/// decode once too often. A query may contain encoded line breaks: what a form sent.
fn looks_like_a_path(text: &str) -> bool {
    if text.chars().any(char::is_control) {
        return false;
    }
    let mut layer = text.split(['?', '#']).next().unwrap_or_default().to_owned();
    for _ in 0..=MAX_LAYERS {
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

/// Redirecting to a page that starts or ends a sign-in would loop.
fn is_sign_in_path(path: &str) -> bool {
    path == "/login"
        || ["/auth", "/api/auth"]
            .iter()
            .any(|own| path.strip_prefix(own).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
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
    #[case::fragment_is_dropped("/settings#devices", "/settings")]
    #[case::dots("/a/../settings", "/settings")]
    #[case::umlaut("/größe", "/gr%C3%B6%C3%9Fe")]
    #[case::line_breaks_in_the_query("/new?text=a%0D%0Ab%250A", "/new?text=a%0D%0Ab%250A")]
    #[case::backslash_in_the_query("/x?path=C:\\temp", "/x?path=C:%5Ctemp")]
    #[case::api_of_a_service("/api/reports", "/api/reports")]
    #[case::similar_to_ours("/authors", "/authors")]
    fn path_on_the_own_origin_is_accepted(#[case] text: &str, #[case] normal: &str) {
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
    #[case("/auth")]
    #[case("/api/auth/nonce")]
    #[case("/login")]
    #[case("/a%0Ab?c")]
    #[case("/a?b=\n")]
    #[case("/a%3F%0A//evil.example")]
    fn anything_else_is_rejected(#[case] text: &str) {
        assert_eq!(ReturnTo::parse(text), None);
    }

    #[test]
    fn overlong_path_is_rejected() {
        assert!(ReturnTo::parse(&format!("/{}", "a".repeat(ReturnTo::MAX_BYTES - 1))).is_some());
        assert!(ReturnTo::parse(&format!("/{}", "a".repeat(ReturnTo::MAX_BYTES))).is_none());
        assert!(
            ReturnTo::parse(&format!("/{}", "ö".repeat(ReturnTo::MAX_BYTES / 4))).is_none(),
            "longer when it is encoded"
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]
        #[test]
        fn accepted_paths_resolve_to_the_own_origin(text in "[/\\\\.%a-f0-9:@?#\\t \\r\\n]{0,24}|\\PC{0,40}") {
            if let Some(accepted) = ReturnTo::parse(&text) {
                let base = Url::parse("https://app.example/login").unwrap();
                let resolved = base.join(accepted.as_str()).unwrap();
                prop_assert_eq!(resolved.origin(), base.origin());
                prop_assert_eq!(ReturnTo::parse(accepted.as_str()), Some(accepted));
            }
        }
    }
}
