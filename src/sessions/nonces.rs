//! Nonces for front ends that run the flow themselves: each is issued to one device, comes back in the id_token, and works
//! once.
//!
//! A thief of an id_token lacks what the device has: the sealed cookie or, without cookies, the sealed nonce token (threat
//! PA3).

use std::sync::Arc;

use http::{HeaderMap, HeaderValue};
use serde::{Deserialize, Serialize};

use super::{cookies::Cookies, sealed_cookie::SealedCookie};
use crate::{
    oauth::Nonce,
    sealing::{Sealer, SealingError, random_bytes},
};

/// In seconds.
pub const NONCE_LIFETIME: i64 = 600;
/// Nonces per browser, so that they fit into a cookie. The oldest go.
const MAX_NONCES: usize = 5;
/// Associated data of the nonce token.
const PLACE: &str = "nonce token";

/// Issues nonces and finds them again. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Nonces {
    sealer: Arc<Sealer>,
    cookie: SealedCookie<Vec<Issued>>,
}

/// Serialized only to be sealed.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Issued {
    nonce: Nonce,
    /// Unix seconds.
    at: i64,
}

/// A new nonce, bound to its device in both ways.
#[derive(Debug)]
pub struct IssuedNonce {
    /// For the authorization request.
    pub nonce: Nonce,
    /// Binds the nonce to a device without cookies.
    pub nonce_token: String,
    /// The `Set-Cookie` value that binds it to a browser.
    pub cookie: HeaderValue,
}

impl Nonces {
    pub(super) fn new(sealer: Arc<Sealer>, cookies: Cookies) -> Self {
        let cookie = SealedCookie::new(sealer.clone(), cookies, "nonce", NONCE_LIFETIME);
        Self { sealer, cookie }
    }

    /// # Errors
    /// If the system returns no random numbers.
    pub fn issue(&self, request: &HeaderMap, now: i64) -> Result<IssuedNonce, SealingError> {
        let issued = Issued { nonce: Nonce::from_random(random_bytes()?), at: now };
        let plain = serde_json::to_vec(&issued).map_err(|_| SealingError)?;
        let nonce_token = self.sealer.seal(PLACE, &plain)?;
        let mut held = self.held(request, now);
        held.push(issued.clone());
        held.drain(..held.len().saturating_sub(MAX_NONCES));
        Ok(IssuedNonce { nonce: issued.nonce, nonce_token, cookie: self.cookie.keep(&held, now)? })
    }

    /// The nonce that an id_token claims, if the nonce token shows that this device received it.
    pub fn of_token(&self, nonce_token: &str, unverified_nonce: &str, now: i64) -> Option<Nonce> {
        let plain = self.sealer.open(PLACE, nonce_token).ok()?;
        let issued: Issued = serde_json::from_slice(&plain).ok()?;
        (is_valid(&issued, now) && issued.nonce.matches(unverified_nonce)).then_some(issued.nonce)
    }

    /// The same by the cookie of the request.
    pub fn of_cookie(&self, request: &HeaderMap, unverified_nonce: &str, now: i64) -> Option<Nonce> {
        self.held(request, now).into_iter().map(|given| given.nonce).find(|nonce| nonce.matches(unverified_nonce))
    }

    /// Whether the browser has any.
    pub fn has_any(&self, request: &HeaderMap, now: i64) -> bool {
        !self.held(request, now).is_empty()
    }

    /// The `Set-Cookie` value that removes a used nonce from the browser, if it has it.
    pub fn forget(&self, request: &HeaderMap, used: &Nonce, now: i64) -> Option<HeaderValue> {
        let held = self.held(request, now);
        let rest: Vec<Issued> = held.iter().filter(|given| !given.nonce.matches(used.expose())).cloned().collect();
        match rest.len() {
            0 => self.cookie.clear(request),
            left if left < held.len() => self.cookie.keep(&rest, now).ok(),
            _ => None,
        }
    }

    fn held(&self, request: &HeaderMap, now: i64) -> Vec<Issued> {
        let mut held = self.cookie.find(request, now).unwrap_or_default();
        held.retain(|given| is_valid(given, now));
        held
    }
}

fn is_valid(issued: &Issued, now: i64) -> bool {
    now.saturating_sub(issued.at) <= NONCE_LIFETIME
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
    fn a_nonce_is_found_by_cookie_or_nonce_token_for_ten_minutes() {
        let given = nonces().issue(&HeaderMap::new(), 100).unwrap();
        let (browser, nonce) = (request(&given.cookie), given.nonce.expose());
        assert!(nonces().of_cookie(&browser, nonce, 700).is_some());
        assert!(nonces().of_cookie(&browser, nonce, 701).is_none());
        assert!(nonces().of_token(&given.nonce_token, nonce, 700).is_some());
        assert!(nonces().of_token(&given.nonce_token, nonce, 701).is_none());
        assert!(nonces().has_any(&browser, 700) && !nonces().has_any(&HeaderMap::new(), 100));
    }

    #[test]
    fn another_devices_nonce_is_not_found() {
        let (mine, other) =
            (nonces().issue(&HeaderMap::new(), 0).unwrap(), nonces().issue(&HeaderMap::new(), 0).unwrap());
        assert!(nonces().of_cookie(&request(&mine.cookie), other.nonce.expose(), 0).is_none());
        assert!(nonces().of_token(&mine.nonce_token, other.nonce.expose(), 0).is_none());
        assert!(nonces().of_token(other.nonce.expose(), other.nonce.expose(), 0).is_none());
        assert!(nonces().of_cookie(&HeaderMap::new(), mine.nonce.expose(), 0).is_none());
        // The cookie's value is no nonce token: it has other associated data.
        let value = mine.cookie.to_str().unwrap().split(['=', ';']).nth(1).unwrap();
        assert!(nonces().of_token(value, mine.nonce.expose(), 0).is_none());
    }

    #[test]
    fn a_browser_keeps_five_nonces_and_loses_a_used_one() {
        let mut browser = HeaderMap::new();
        let given: Vec<_> = (0..6)
            .map(|_| {
                let given = nonces().issue(&browser, 0).unwrap();
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
        let last = nonces().issue(&HeaderMap::new(), 0).unwrap();
        let cleared = nonces().forget(&request(&last.cookie), &last.nonce, 0).unwrap();
        assert!(cleared.to_str().unwrap().contains("Max-Age=0"));
    }
}
