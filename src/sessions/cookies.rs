//! Our cookies' names and attributes.

use http::{HeaderMap, HeaderValue, header};

/// How cookies are written: with the `__Host-` prefix and `Secure` under https, without on http loopback, where
/// browsers would refuse them.
#[derive(Clone, Copy, Debug)]
pub struct Cookies {
    https: bool,
}

impl Cookies {
    /// Cookies for an https origin, or for http on loopback.
    pub const fn new(https: bool) -> Self {
        Self { https }
    }

    /// A cookie's full name. `__Host-` makes the browser refuse it from a subdomain or over plain http
    /// (RFC 6265bis §4.1.3.2).
    pub fn name(self, name: &str) -> String {
        if self.https { format!("__Host-{name}") } else { name.to_owned() }
    }

    /// Whether cookies are `Secure`.
    pub const fn is_secure(self) -> bool {
        self.https
    }

    /// A `Set-Cookie` value. `name` is a full name.
    pub(super) fn set(self, name: &str, value: &str, max_age: i64) -> Option<HeaderValue> {
        HeaderValue::from_str(&format!("{name}={value}; Max-Age={max_age}; {}", self.attributes())).ok()
    }

    /// A `Set-Cookie` value that removes a cookie. Without its attributes the browser would refuse the removal of a
    /// `__Host-` cookie, and it would stay.
    pub(super) fn clear(self, name: &str) -> Option<HeaderValue> {
        HeaderValue::from_str(&format!("{name}=; Max-Age=0; {}", self.attributes())).ok()
    }

    /// Gives a removal that tower-sessions wrote, which has no attributes, those that the browser asks for.
    pub fn complete_removals(self, headers: &mut HeaderMap) {
        let session = self.name("session");
        let is_removal =
            |value: &HeaderValue| value.to_str().is_ok_and(|text| text.starts_with(&format!("{session}=;")));
        let begins = headers.get_all(header::SET_COOKIE).iter().any(|value| {
            !is_removal(value) && value.to_str().is_ok_and(|text| text.starts_with(&format!("{session}=")))
        });
        let values: Vec<HeaderValue> = headers
            .get_all(header::SET_COOKIE)
            .iter()
            // Where a session begins, the library still takes away the malformed one that the browser came with.
            .filter(|value| !(begins && is_removal(value)))
            .map(|value| is_removal(value).then(|| self.clear(&session)).flatten().unwrap_or_else(|| value.clone()))
            .collect();
        headers.remove(header::SET_COOKIE);
        for value in values {
            headers.append(header::SET_COOKIE, value);
        }
    }

    fn attributes(self) -> &'static str {
        if self.https { "Path=/; HttpOnly; Secure; SameSite=Lax" } else { "Path=/; HttpOnly; SameSite=Lax" }
    }
}

/// Names and values of a request's cookies.
pub(super) fn of(headers: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_that_begins_is_not_taken_away_again() {
        let mut headers = HeaderMap::new();
        headers.append(header::SET_COOKIE, HeaderValue::from_static("session=new; Path=/"));
        headers.append(header::SET_COOKIE, HeaderValue::from_static("session=; Max-Age=0; Path=/"));
        Cookies::new(false).complete_removals(&mut headers);
        let values: Vec<_> = headers.get_all(header::SET_COOKIE).iter().collect();
        assert_eq!(values, ["session=new; Path=/"]);
    }

    #[test]
    fn a_removal_without_attributes_gets_them_and_others_stay() {
        let mut headers = HeaderMap::new();
        headers.append(header::SET_COOKIE, HeaderValue::from_static("__Host-session=; Max-Age=0; Path=/"));
        headers.append(header::SET_COOKIE, HeaderValue::from_static("other=1"));
        Cookies::new(true).complete_removals(&mut headers);
        let values: Vec<_> = headers.get_all(header::SET_COOKIE).iter().map(|value| value.to_str().unwrap()).collect();
        assert_eq!(values, ["__Host-session=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Lax", "other=1"]);
    }
}
