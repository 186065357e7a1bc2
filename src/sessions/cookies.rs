//! Names and attributes of our cookies.

use http::{HeaderMap, HeaderValue, header};
use time::Duration;
use tower_sessions::cookie::{Cookie, SameSite};

/// Writes cookies: with the `__Host-` prefix and `Secure` under https, and without on http loopback, where browsers would
/// refuse them.
#[derive(Clone, Copy, Debug)]
pub struct Cookies {
    https: bool,
}

impl Cookies {
    pub const fn new(https: bool) -> Self {
        Self { https }
    }

    /// A cookie's full name. With `__Host-` the browser accepts it neither from a subdomain nor over plain http
    /// (RFC 6265bis §4.1.3.2).
    pub fn name(self, name: &str) -> String {
        if self.https { format!("__Host-{name}") } else { name.to_owned() }
    }

    pub const fn is_secure(self) -> bool {
        self.https
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

    /// Adds the attributes to removals by tower-sessions, which writes none.
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
            // Where a session begins, the library still removes the malformed cookie that the browser sent.
            .filter(|value| !(begins && is_removal(value)))
            .map(|value| is_removal(value).then(|| self.clear(&session)).flatten().unwrap_or_else(|| value.clone()))
            .collect();
        headers.remove(header::SET_COOKIE);
        for value in values {
            headers.append(header::SET_COOKIE, value);
        }
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
    fn a_new_session_is_not_removed_in_the_same_answer() {
        let mut headers = HeaderMap::new();
        headers.append(header::SET_COOKIE, HeaderValue::from_static("session=new; Path=/"));
        headers.append(header::SET_COOKIE, HeaderValue::from_static("session=; Max-Age=0; Path=/"));
        Cookies::new(false).complete_removals(&mut headers);
        let values: Vec<_> = headers.get_all(header::SET_COOKIE).iter().collect();
        assert_eq!(values, ["session=new; Path=/"]);
    }

    #[test]
    fn a_removal_gets_its_attributes_and_other_cookies_stay() {
        let mut headers = HeaderMap::new();
        headers.append(header::SET_COOKIE, HeaderValue::from_static("__Host-session=; Max-Age=0; Path=/"));
        headers.append(header::SET_COOKIE, HeaderValue::from_static("other=1"));
        Cookies::new(true).complete_removals(&mut headers);
        let values: Vec<_> = headers.get_all(header::SET_COOKIE).iter().map(|value| value.to_str().unwrap()).collect();
        assert_eq!(values, ["__Host-session=; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=0", "other=1"]);
    }
}
