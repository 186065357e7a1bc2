//! Nonces for front ends that talk to a provider by themselves: each is given to one device, goes through the provider
//! into the id_token, and counts once.
//!
//! Who steals an id_token has not got what the device has: the sealed cookie or, where there are no cookies, the sealed
//! text that was given with the nonce (threat PA3).

use std::sync::Arc;

use http::{HeaderMap, HeaderValue};
use serde::{Deserialize, Serialize};

use super::{authorization_callback::random, cookies::Cookies, sealed_cookie::SealedCookie};
use crate::{
    oauth::Nonce,
    sealing::{Sealer, SealingError},
};

/// Seconds that a nonce counts.
pub const NONCE_LIFETIME: i64 = 600;
/// Nonces that one browser may hold: more would outgrow its cookie. The oldest go.
const MOST: usize = 5;
/// What the text for a device is sealed for.
const PLACE: &str = "nonce token";

/// Gives nonces out and finds them again. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Nonces {
    sealer: Arc<Sealer>,
    cookie: SealedCookie<Vec<Given>>,
}

/// A nonce that a device got. Serialized only into something sealed.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Given {
    nonce: Nonce,
    /// Unix seconds.
    at: i64,
}

/// A nonce, given to a device in both ways.
#[derive(Debug)]
pub struct GivenNonce {
    /// For the authorization request.
    pub nonce: Nonce,
    /// The sealed text that shows to whom it was given.
    pub nonce_token: String,
    /// The `Set-Cookie` value that shows the same.
    pub cookie: HeaderValue,
}

impl Nonces {
    /// Nonces sealed by this sealer.
    pub(super) fn new(sealer: Arc<Sealer>, cookies: Cookies) -> Self {
        let cookie = SealedCookie::new(sealer.clone(), cookies, "nonce", NONCE_LIFETIME);
        Self { sealer, cookie }
    }

    /// A new nonce for whoever sent this request.
    ///
    /// # Errors
    /// When the system gives no random numbers.
    pub fn give(&self, request: &HeaderMap, now: i64) -> Result<GivenNonce, SealingError> {
        let given = Given { nonce: Nonce::from_random(random().ok_or(SealingError)?), at: now };
        let plain = serde_json::to_vec(&given).map_err(|_| SealingError)?;
        let nonce_token = self.sealer.seal(PLACE, &plain)?;
        let mut held = self.held(request, now);
        held.push(given.clone());
        held.drain(..held.len().saturating_sub(MOST));
        Ok(GivenNonce { nonce: given.nonce, nonce_token, cookie: self.cookie.keep(&held, now)? })
    }

    /// The nonce that an id_token claims to carry, if this text shows that the device got it.
    pub fn of_token(&self, nonce_token: &str, unverified_nonce: &str, now: i64) -> Option<Nonce> {
        let plain = self.sealer.open(PLACE, nonce_token).ok()?;
        let given: Given = serde_json::from_slice(&plain).ok()?;
        (counts(&given, now) && given.nonce.matches(unverified_nonce)).then_some(given.nonce)
    }

    /// The same, if a cookie of the request shows it.
    pub fn of_cookie(&self, request: &HeaderMap, unverified_nonce: &str, now: i64) -> Option<Nonce> {
        self.held(request, now).into_iter().map(|given| given.nonce).find(|nonce| nonce.matches(unverified_nonce))
    }

    /// Whether the browser holds any.
    pub fn has_any(&self, request: &HeaderMap, now: i64) -> bool {
        !self.held(request, now).is_empty()
    }

    /// The `Set-Cookie` value that takes a used one from the browser, if it holds it.
    pub fn forget(&self, request: &HeaderMap, used: &Nonce, now: i64) -> Option<HeaderValue> {
        let held = self.held(request, now);
        let rest: Vec<Given> = held.iter().filter(|given| !given.nonce.matches(used.expose())).cloned().collect();
        match rest.len() {
            0 => self.cookie.clear(request),
            left if left < held.len() => self.cookie.keep(&rest, now).ok(),
            _ => None,
        }
    }

    fn held(&self, request: &HeaderMap, now: i64) -> Vec<Given> {
        let mut held = self.cookie.find(request, now).unwrap_or_default();
        held.retain(|given| counts(given, now));
        held
    }
}

fn counts(given: &Given, now: i64) -> bool {
    now.saturating_sub(given.at) <= NONCE_LIFETIME
}

#[cfg(test)]
mod tests {
    use http::header;

    use super::*;

    fn nonces() -> Nonces {
        let sealer = Sealer::new([[7_u8; 32].as_slice()].into_iter(), "cookies").unwrap();
        Nonces::new(Arc::new(sealer), Cookies::new(true))
    }

    fn request(set: &HeaderValue) -> HeaderMap {
        let pair = set.to_str().unwrap().split(';').next().unwrap().to_owned();
        HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_str(&pair).unwrap())])
    }

    #[test]
    fn a_nonce_is_shown_by_the_cookie_or_by_the_text_for_ten_minutes() {
        let given = nonces().give(&HeaderMap::new(), 100).unwrap();
        let (browser, nonce) = (request(&given.cookie), given.nonce.expose());
        assert!(nonces().of_cookie(&browser, nonce, 700).is_some());
        assert!(nonces().of_cookie(&browser, nonce, 701).is_none());
        assert!(nonces().of_token(&given.nonce_token, nonce, 700).is_some());
        assert!(nonces().of_token(&given.nonce_token, nonce, 701).is_none());
        assert!(nonces().has_any(&browser, 700) && !nonces().has_any(&HeaderMap::new(), 100));
    }

    #[test]
    fn another_devices_nonce_is_none() {
        let (mine, other) =
            (nonces().give(&HeaderMap::new(), 0).unwrap(), nonces().give(&HeaderMap::new(), 0).unwrap());
        assert!(nonces().of_cookie(&request(&mine.cookie), other.nonce.expose(), 0).is_none());
        assert!(nonces().of_token(&mine.nonce_token, other.nonce.expose(), 0).is_none());
        assert!(nonces().of_token(other.nonce.expose(), other.nonce.expose(), 0).is_none());
        assert!(nonces().of_cookie(&HeaderMap::new(), mine.nonce.expose(), 0).is_none());
        // The cookie's value is no text for a device: another place.
        let value = mine.cookie.to_str().unwrap().split(['=', ';']).nth(1).unwrap();
        assert!(nonces().of_token(value, mine.nonce.expose(), 0).is_none());
    }

    #[test]
    fn a_browser_holds_five_and_a_used_one_goes() {
        let mut browser = HeaderMap::new();
        let given: Vec<_> = (0..6)
            .map(|_| {
                let given = nonces().give(&browser, 0).unwrap();
                assert!(given.cookie.len() <= 4096);
                browser = request(&given.cookie);
                given.nonce
            })
            .collect();
        let holds = |browser: &HeaderMap, nonce: &Nonce| nonces().of_cookie(browser, nonce.expose(), 0).is_some();
        assert!(!holds(&browser, &given[0]) && given[1..].iter().all(|nonce| holds(&browser, nonce)));
        let browser = request(&nonces().forget(&browser, &given[3], 0).unwrap());
        assert!(!holds(&browser, &given[3]) && holds(&browser, &given[5]));
        assert!(nonces().forget(&browser, &given[3], 0).is_none());
        let last = nonces().give(&HeaderMap::new(), 0).unwrap();
        let cleared = nonces().forget(&request(&last.cookie), &last.nonce, 0).unwrap();
        assert!(cleared.to_str().unwrap().contains("Max-Age=0"));
    }
}
