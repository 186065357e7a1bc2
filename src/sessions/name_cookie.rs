//! A name that came beside an authorization response, once, and must not get lost: Apple tells it at the first consent
//! only, by a POST that carries none of our cookies.
//!
//! It waits in a cookie of its own, so that nothing personal is in an address and a sign-in that fails half way does not
//! lose it. There is one such cookie and not one for each flow: anybody can make a browser post to us, and must not
//! fill its jar. Sealed for the state that came along, it opens for the flow of that state alone; nobody can put a name
//! on a sign-in that is not theirs.

use std::sync::Arc;

use http::{HeaderMap, HeaderValue};

use super::{
    cookies::{self, Cookies},
    flow_cookies::flow_id,
};
use crate::{
    relying_party::FLOW_LIFETIME,
    sealing::{Sealer, SealingError},
};

/// Makes, reads and clears the cookie. Cheap to clone.
#[derive(Clone, Debug)]
pub struct NameCookie {
    sealer: Arc<Sealer>,
    cookies: Cookies,
}

impl NameCookie {
    /// A cookie sealed with keys derived from the secret keys, newest first.
    ///
    /// # Errors
    /// When there is no key.
    pub fn new<'a>(secret_keys: impl Iterator<Item = &'a [u8]>, cookies: Cookies) -> Result<Self, SealingError> {
        Ok(Self { sealer: Arc::new(Sealer::new(secret_keys, "name cookie")?), cookies })
    }

    /// The `Set-Cookie` value that keeps a name for the flow with this state, as long as the flow may last.
    pub fn keep(&self, unverified_state: &str, unverified_name: &str) -> Option<HeaderValue> {
        self.set(&flow_id(unverified_state), unverified_name)
    }

    /// The same for the provider's next flow in this browser, after this one failed.
    pub(super) fn carry(&self, provider: &str, unverified_name: &str) -> Option<HeaderValue> {
        self.set(provider, unverified_name)
    }

    /// The name that waits for the flow with this state, or was carried over from a failed one at this provider.
    pub(super) fn find(&self, request: &HeaderMap, unverified_state: &str, provider: &str) -> Option<String> {
        let sealed = self.sealed(request)?;
        let places = [flow_id(unverified_state), provider.to_owned()];
        let plain = places.iter().find_map(|place| self.sealer.open(&self.place(place), sealed).ok())?;
        String::from_utf8(plain).ok()
    }

    /// The `Set-Cookie` value that ends it, if there is one.
    pub(super) fn clear(&self, request: &HeaderMap) -> Option<HeaderValue> {
        self.sealed(request).and_then(|_| self.cookies.clear(&self.name()))
    }

    fn set(&self, place: &str, name: &str) -> Option<HeaderValue> {
        let sealed = self.sealer.seal(&self.place(place), name.as_bytes()).ok()?;
        self.cookies.set(&self.name(), &sealed, FLOW_LIFETIME)
    }

    fn sealed<'a>(&self, request: &'a HeaderMap) -> Option<&'a str> {
        cookies::of(request).find(|(cookie, _)| *cookie == self.name()).map(|(_, sealed)| sealed)
    }

    fn name(&self) -> String {
        self.cookies.name("name")
    }

    /// A flow's id is 43 characters and a slug at most 32: the two cannot be taken for each other.
    fn place(&self, place: &str) -> String {
        format!("{} {place}", self.name())
    }
}

#[cfg(test)]
mod tests {
    use http::header;

    use super::*;

    fn cookie() -> NameCookie {
        NameCookie::new([[7_u8; 32].as_slice()].into_iter(), Cookies::new(true)).unwrap()
    }

    fn request(set: &HeaderValue) -> HeaderMap {
        let pair = set.to_str().unwrap().split(';').next().unwrap().to_owned();
        HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_str(&pair).unwrap())])
    }

    #[test]
    fn a_name_waits_for_its_own_flow_only() {
        let cookie = cookie();
        let browser = request(&cookie.keep("state", "Zoë Ødegård").unwrap());
        assert_eq!(cookie.find(&browser, "state", "apple").as_deref(), Some("Zoë Ødegård"));
        assert_eq!(cookie.find(&browser, "another", "apple"), None);
        assert_eq!(cookie.find(&browser, "", "apple"), None);
        assert_eq!(cookie.find(&HeaderMap::new(), "state", "apple"), None);
    }

    #[test]
    fn a_name_that_was_carried_over_is_for_any_flow_at_its_provider() {
        let cookie = cookie();
        let browser = request(&cookie.carry("apple", "Ada").unwrap());
        assert_eq!(cookie.find(&browser, "another", "apple").as_deref(), Some("Ada"));
        assert_eq!(cookie.find(&browser, "another", "google"), None);
    }

    #[test]
    fn the_cookie_is_like_the_others_and_fits() {
        let set = cookie().keep("state", &"\u{1F469}".repeat(201)).unwrap();
        let text = set.to_str().unwrap();
        assert!(text.len() < 2048 && text.starts_with("__Host-name="), "{text}");
        for attribute in ["HttpOnly", "Secure", "SameSite=Lax", "Path=/", "Max-Age=600"] {
            assert!(text.contains(attribute), "{attribute}");
        }
        assert!(cookie().clear(&request(&set)).is_some() && cookie().clear(&HeaderMap::new()).is_none());
    }
}
