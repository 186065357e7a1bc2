//! A value that waits in the browser for the next step: a cookie that only we can write and read.

use std::{marker::PhantomData, sync::Arc};

use http::{HeaderMap, HeaderValue};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::cookies::{self, Cookies};
use crate::sealing::{Sealer, SealingError};

/// Longest cookie that browsers keep, in bytes (RFC 6265 §6.1).
const MAX_BYTES: usize = 4096;

/// Writes, reads and clears one cookie. Cheap to clone.
#[derive(Debug)]
pub struct SealedCookie<T> {
    sealer: Arc<Sealer>,
    cookies: Cookies,
    name: &'static str,
    /// Seconds.
    lifetime: i64,
    holds: PhantomData<fn() -> T>,
}

impl<T> Clone for SealedCookie<T> {
    fn clone(&self) -> Self {
        Self { sealer: self.sealer.clone(), ..*self }
    }
}

#[derive(Serialize, Deserialize)]
struct Dated<T> {
    at: i64,
    value: T,
}

impl<T: Serialize + DeserializeOwned> SealedCookie<T> {
    /// `lifetime` is in seconds.
    pub fn new(sealer: Arc<Sealer>, cookies: Cookies, name: &'static str, lifetime: i64) -> Self {
        Self { sealer, cookies, name, lifetime, holds: PhantomData }
    }

    /// The `Set-Cookie` value that keeps a value.
    ///
    /// # Errors
    /// If it cannot be sealed, or is too long for a cookie.
    pub fn keep(&self, value: &T, now: i64) -> Result<HeaderValue, SealingError> {
        let plain = serde_json::to_vec(&Dated { at: now, value }).map_err(|_| SealingError)?;
        let name = self.cookies.name(self.name);
        let sealed = self.sealer.seal(&name, &plain)?;
        let set = self.cookies.set(&name, &sealed, self.lifetime).ok_or(SealingError)?;
        if set.len() <= MAX_BYTES { Ok(set) } else { Err(SealingError) }
    }

    /// The browser's value, if we sealed it and its lifetime is not over: a browser can keep a cookie for longer.
    pub fn find(&self, request: &HeaderMap, now: i64) -> Option<T> {
        let name = self.cookies.name(self.name);
        let plain = self.sealer.open(&name, cookies::find(request, &name)?).ok()?;
        let dated: Dated<T> = serde_json::from_slice(&plain).ok()?;
        (now.saturating_sub(dated.at) <= self.lifetime).then_some(dated.value)
    }

    /// The `Set-Cookie` value that removes it, if the browser has one.
    pub fn clear(&self, request: &HeaderMap) -> Option<HeaderValue> {
        let name = self.cookies.name(self.name);
        cookies::has(request, &name).then(|| self.cookies.clear(&name)).flatten()
    }
}

#[cfg(test)]
mod tests {
    use http::header;

    use super::*;

    fn cookie(name: &'static str) -> SealedCookie<String> {
        let sealer = Sealer::new([[7_u8; 32].as_slice()].into_iter(), "cookies").unwrap();
        SealedCookie::new(Arc::new(sealer), Cookies::new(true), name, 600)
    }

    fn request(set: &HeaderValue) -> HeaderMap {
        let pair = set.to_str().unwrap().split(';').next().unwrap().to_owned();
        HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_str(&pair).unwrap())])
    }

    #[test]
    fn a_value_is_found_until_its_lifetime_is_over() {
        let browser = request(&cookie("typed").keep(&"ada@example.com".to_owned(), 100).unwrap());
        assert_eq!(cookie("typed").find(&browser, 700).as_deref(), Some("ada@example.com"));
        assert_eq!(cookie("typed").find(&browser, 701), None);
        assert_eq!(cookie("typed").find(&HeaderMap::new(), 100), None);
    }

    #[test]
    fn a_cookie_under_another_name_does_not_open() {
        let set = cookie("typed").keep(&"x".to_owned(), 0).unwrap().to_str().unwrap().replace("typed", "link");
        assert_eq!(cookie("link").find(&request(&HeaderValue::from_str(&set).unwrap()), 0), None);
        let honest = cookie("link").keep(&"x".to_owned(), 0).unwrap();
        assert!(cookie("link").find(&request(&honest), 0).is_some());
    }

    #[test]
    fn a_cookie_has_every_attribute_and_a_bounded_length() {
        let set = cookie("typed").keep(&"x".to_owned(), 0).unwrap();
        for attribute in ["__Host-typed=", "HttpOnly", "Secure", "SameSite=Lax", "Path=/", "Max-Age=600"] {
            assert!(set.to_str().unwrap().contains(attribute), "{attribute}");
        }
        assert!(cookie("typed").keep(&"x".repeat(4000), 0).is_err());
        assert!(cookie("typed").clear(&request(&set)).is_some() && cookie("typed").clear(&HeaderMap::new()).is_none());
    }
}
