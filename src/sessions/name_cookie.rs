//! The name that comes with an authorization response: Apple sends it at the first consent only, in a POST without our
//! cookies.
//!
//! It waits in a cookie of its own, so that no URL contains personal data and a failed sign-in does not lose it. There is one
//! such cookie, not one per flow: any site can make a browser post to us, and must not fill its cookie jar. The cookie is
//! sealed for the state of its response and opens for that flow alone, so that no site can put a name on another sign-in.

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

/// Writes, reads and clears the cookie. Cheap to clone.
#[derive(Clone, Debug)]
pub struct NameCookie {
    sealer: Arc<Sealer>,
    cookies: Cookies,
}

impl NameCookie {
    /// Derives its keys from the secret keys, newest first.
    ///
    /// # Errors
    /// If there is no key.
    pub fn new<'a>(secret_keys: impl Iterator<Item = &'a [u8]>, cookies: Cookies) -> Result<Self, SealingError> {
        Ok(Self { sealer: Arc::new(Sealer::new(secret_keys, "name cookie")?), cookies })
    }

    /// The `Set-Cookie` value that keeps a name for the flow with this state, for as long as a flow can last.
    pub fn keep(&self, unverified_state: &str, unverified_name: &str) -> Option<HeaderValue> {
        self.set(&flow_id(unverified_state), unverified_name)
    }

    /// The same for the next flow at this provider, after a failed one.
    pub(super) fn keep_for_next_flow(&self, provider: &str, unverified_name: &str) -> Option<HeaderValue> {
        self.set(provider, unverified_name)
    }

    /// The name for the flow with this state, or from a failed flow at this provider.
    pub(super) fn find(&self, request: &HeaderMap, unverified_state: &str, provider: &str) -> Option<String> {
        let sealed = cookies::find(request, &self.name())?;
        let places = [flow_id(unverified_state), provider.to_owned()];
        let plain = places.iter().find_map(|place| self.sealer.open(&self.place(place), sealed).ok())?;
        String::from_utf8(plain).ok()
    }

    /// The `Set-Cookie` value that removes it, if the browser has one.
    pub(super) fn clear(&self, request: &HeaderMap) -> Option<HeaderValue> {
        cookies::has(request, &self.name()).then(|| self.cookies.clear(&self.name())).flatten()
    }

    fn set(&self, place: &str, name: &str) -> Option<HeaderValue> {
        let sealed = self.sealer.seal(&self.place(place), name.as_bytes()).ok()?;
        self.cookies.set(&self.name(), &sealed, FLOW_LIFETIME)
    }

    fn name(&self) -> String {
        self.cookies.name("name")
    }

    /// A flow's id has 43 characters and a slug at most 32: they cannot be confused.
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
    fn a_name_is_found_by_its_own_flow_only() {
        let cookie = cookie();
        let browser = request(&cookie.keep("state", "Zoë Ødegård").unwrap());
        assert_eq!(cookie.find(&browser, "state", "apple").as_deref(), Some("Zoë Ødegård"));
        assert_eq!(cookie.find(&browser, "another", "apple"), None);
        assert_eq!(cookie.find(&browser, "", "apple"), None);
        assert_eq!(cookie.find(&HeaderMap::new(), "state", "apple"), None);
    }

    #[test]
    fn a_name_of_a_failed_flow_serves_the_next_at_its_provider() {
        let cookie = cookie();
        let browser = request(&cookie.keep_for_next_flow("apple", "Ada").unwrap());
        assert_eq!(cookie.find(&browser, "another", "apple").as_deref(), Some("Ada"));
        assert_eq!(cookie.find(&browser, "another", "google"), None);
    }

    #[test]
    fn the_longest_name_fits_into_a_cookie_with_every_attribute() {
        let set = cookie().keep("state", &"\u{1F469}".repeat(201)).unwrap();
        let text = set.to_str().unwrap();
        assert!(text.len() < 2048 && text.starts_with("__Host-name="), "{text}");
        for attribute in ["HttpOnly", "Secure", "SameSite=Lax", "Path=/", "Max-Age=600"] {
            assert!(text.contains(attribute), "{attribute}");
        }
        assert!(cookie().clear(&request(&set)).is_some() && cookie().clear(&HeaderMap::new()).is_none());
    }
}
