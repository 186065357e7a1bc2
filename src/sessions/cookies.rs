//! Names and attributes of our cookies, and the one reader of the `Cookie` header.

use std::{
    collections::{HashMap, hash_map::Entry},
    iter, str,
};

use http::{HeaderMap, HeaderValue, header};
use memchr::memchr;
use time::Duration;
use tower_sessions::cookie::{Cookie, SameSite};

use crate::accounts::Zone;

/// Writes cookies: with the `__Host-` prefix and `Secure` under https, and without on http loopback, where browsers would
/// refuse them.
#[derive(Clone, Copy, Debug)]
pub struct Cookies {
    https: bool,
}

const RECORDING: &str = "recording";

impl Cookies {
    pub const fn new(https: bool) -> Self {
        Self { https }
    }

    /// A cookie's full name. With `__Host-` the browser accepts it neither from a subdomain nor over plain http
    /// (RFC 6265bis §4.1.3.2).
    pub fn name(self, name: &str) -> String {
        if self.https { format!("__Host-{name}") } else { name.to_owned() }
    }

    /// The browser's time zone, which our script keeps in a cookie.
    pub fn zone(self, request: &HeaderMap) -> Option<Zone> {
        find(request, &self.name("zone")).and_then(Zone::parse)
    }

    /// What this browser has from the link by which an administrator may record its flows.
    pub fn recording(self, request: &HeaderMap) -> Option<&str> {
        find(request, &self.name(RECORDING))
    }

    /// The `Set-Cookie` value for [`recording`](Self::recording). `max_age` is in seconds.
    pub fn set_recording(self, token: &str, max_age: i64) -> Option<HeaderValue> {
        self.set(&self.name(RECORDING), token, max_age)
    }

    /// A `Set-Cookie` value. `name` is a full name; `max_age` is in seconds. `None` if the value is no header value.
    pub(super) fn set(self, name: &str, value: &str, max_age: i64) -> Option<HeaderValue> {
        let cookie = Cookie::build((name, value))
            .path("/")
            .http_only(true)
            .secure(self.https)
            .same_site(SameSite::Lax)
            .max_age(Duration::seconds(max_age));
        HeaderValue::from_str(&cookie.to_string()).ok()
    }

    /// A `Set-Cookie` value that removes a cookie. It has all attributes, without which the browser refuses to remove a
    /// `__Host-` cookie.
    pub(super) fn clear(self, name: &str) -> Option<HeaderValue> {
        self.set(name, "", 0)
    }
}

/// The value of the cookie with this full name.
///
/// Two cookies of one name count as none: at least one of them is from another application on this host or from an
/// attacker, and nothing says which. A value that is no text is none either.
pub(super) fn find<'a>(request: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut values = pairs(request).filter(|(other, _)| *other == name.as_bytes()).map(|(_, value)| value);
    let value = values.next()?;
    if values.next().is_some() { None } else { str::from_utf8(value).ok() }
}

/// Whether the browser has a cookie with this full name, or several.
pub(super) fn has(request: &HeaderMap, name: &str) -> bool {
    pairs(request).any(|(other, _)| other == name.as_bytes())
}

/// The cookies whose full names have a prefix, in the request's order. A name that occurs twice has no value.
pub(super) fn with_prefix<'a>(request: &'a HeaderMap, prefix: &str) -> Vec<(&'a str, Option<&'a str>)> {
    let mut found: Vec<(&str, Option<&str>)> = Vec::new();
    let mut places = HashMap::new();
    for (name, value) in pairs(request) {
        let Some(name) = str::from_utf8(name).ok().filter(|name| name.starts_with(prefix)) else { continue };
        match places.entry(name) {
            Entry::Vacant(place) => {
                place.insert(found.len());
                found.push((name, str::from_utf8(value).ok()));
            }
            Entry::Occupied(place) => found[*place.get()].1 = None,
        }
    }
    found
}

/// Names and values as the browser sent them, of all `Cookie` headers.
///
/// Nothing is trimmed but the one space after a semicolon (RFC 6265 §4.2.1), and nothing is decoded: a subdomain can set a
/// cookie that becomes `__Host-session` only then. Bytes, because other applications on this host may set cookies that are
/// no text.
fn pairs(request: &HeaderMap) -> impl Iterator<Item = (&[u8], &[u8])> {
    let lines = request.get_all(header::COOKIE).iter();
    lines.flat_map(|line| pieces(line.as_bytes())).filter_map(|pair| {
        let pair = pair.strip_prefix(b" ").unwrap_or(pair);
        let equals = memchr(b'=', pair)?;
        Some((&pair[..equals], &pair[equals + 1..]))
    })
}

/// What stands between semicolons. Each request looks for several cookies in a line of some hundred bytes.
fn pieces(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(line);
    iter::from_fn(move || {
        let line = rest?;
        let (piece, after) = match memchr(b';', line) {
            Some(end) => (&line[..end], Some(&line[end + 1..])),
            None => (line, None),
        };
        rest = after;
        Some(piece)
    })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    /// A request with one `Cookie` header per line.
    fn request(lines: &[u8]) -> HeaderMap {
        let value = |line| HeaderValue::from_bytes(line).unwrap();
        lines.split(|byte| *byte == b'\n').map(|line| (header::COOKIE, value(line))).collect()
    }

    #[rstest]
    #[case::alone(b"__Host-session=abc")]
    #[case::among_others(b"a=b; __Host-session=abc; c=d")]
    #[case::without_spaces(b"a=b;__Host-session=abc;c=d")]
    #[case::in_a_header_of_its_own(b"a=b\n__Host-session=abc\nc=d")]
    #[case::latin_1_before(b"city=K\xf6ln; __Host-session=abc")]
    #[case::utf_8_after(b"__Host-session=abc; name=Zo\xc3\xab")]
    #[case::broken_utf_8_around(b"\xff\xfe=\x80; __Host-session=abc; \xc3=")]
    #[case::no_name(b"=nothing; __Host-session=abc; =")]
    #[case::no_equals_sign(b"flag; __Host-session=abc; __Host-session")]
    #[case::empty_pairs(b"; ;; __Host-session=abc;")]
    #[case::quotes(b"q=\"a, b\"; __Host-session=abc; r=\"; s=\"")]
    #[case::commas(b"a=b, __Host-session=x; __Host-session=abc")]
    #[case::json(b"consent={\"a\":[1,2],\"b\":\"=\"}; __Host-session=abc")]
    #[case::percent_signs(b"a=%zz%; __Host-session=abc; %=%")]
    #[case::tabs(b"a=\tb; __Host-session=abc; \t=\t")]
    #[case::similar_names(b"session=1; __host-session=2; __Host-session2=3; x__Host-session=4; __Host-session=abc")]
    fn other_cookies_do_not_hide_ours(#[case] lines: &[u8]) {
        let request = request(lines);
        assert_eq!(find(&request, "__Host-session"), Some("abc"));
        assert!(has(&request, "__Host-session"));
        assert_eq!(
            with_prefix(&request, "__Host-session"),
            match lines.starts_with(b"session=1") {
                true => vec![("__Host-session2", Some("3")), ("__Host-session", Some("abc"))],
                false => vec![("__Host-session", Some("abc"))],
            }
        );
    }

    #[test]
    fn a_huge_neighbour_does_not_hide_ours() {
        let line = format!("a={}; session=abc", "x".repeat(60_000));
        let request = HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_str(&line).unwrap())]);
        assert_eq!(find(&request, "session"), Some("abc"));
    }

    /// Each becomes `theme` where a reader trims, decodes or folds case.
    #[rstest]
    #[case::percent_encoded(b"the%6De=abc")]
    #[case::other_case(b"THEME=abc")]
    #[case::space_at_the_end(b"theme =abc")]
    #[case::two_spaces(b"a=b;  theme=abc")]
    #[case::tab(b"a=b;\ttheme=abc")]
    #[case::no_break_space(b"a=b; \xc2\xa0theme=abc")]
    #[case::no_break_space_of_latin_1(b"a=b; \xa0theme=abc")]
    #[case::line_separator(b"a=b; \xe2\x80\xa8theme=abc")]
    #[case::quoted(b"\"theme\"=abc")]
    #[case::after_an_empty_name(b"=theme=abc")]
    #[case::after_a_comma(b"a=b, theme=abc")]
    #[case::version_of_rfc_2965(b"$Version=1,theme=abc")]
    fn names_are_compared_byte_for_byte(#[case] line: &[u8]) {
        let request = request(line);
        assert_eq!(find(&request, "theme"), None);
        assert!(!has(&request, "theme"));
    }

    #[rstest]
    #[case::different_values(b"session=abc; session=def")]
    #[case::the_same_value(b"session=abc; session=abc")]
    #[case::empty(b"session=abc; session=")]
    #[case::no_text(b"session=\xff; session=abc")]
    #[case::in_two_headers(b"session=abc; a=b\nsession=def")]
    fn two_cookies_of_one_name_count_as_none(#[case] lines: &[u8]) {
        let request = request(lines);
        assert_eq!(find(&request, "session"), None);
        assert!(has(&request, "session"), "so that it can be removed");
        assert_eq!(with_prefix(&request, "sess"), [("session", None)]);
    }

    #[test]
    fn a_removal_has_every_attribute() {
        let removal = Cookies::new(true).clear("__Host-session").unwrap();
        assert_eq!(removal, "__Host-session=; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=0");
    }
}
