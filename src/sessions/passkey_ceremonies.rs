//! Pending ceremonies of passkeys.
//!
//! A ceremony is sealed and waits in its page, so that any number of tabs have one each and none costs a row. It belongs to
//! the browser that began it, which a cookie shows: a response that was made for an attacker's challenge, posted from a
//! victim's browser, would sign the victim in to the attacker's account.

use std::sync::Arc;

use http::{HeaderMap, HeaderValue};
use serde::{Deserialize, Serialize};

use super::{cookies::Cookies, sealed_cookie::SealedCookie};
use crate::{
    accounts::UserId,
    sealing::{Sealer, SealingError, random_bytes, random_text},
    webauthn::{CEREMONY_SECONDS, Challenge},
};

/// What a ceremony was begun for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PasskeyPurpose {
    SignIn,
    Reauthenticate {
        user: UserId,
    },
    /// Sign in to the existing account at the link prompt; then the pending profile is linked.
    ResolveLink {
        user: UserId,
        /// The id of the pending link.
        link: String,
    },
    /// The second step of a sign-in.
    SecondFactor {
        user: UserId,
        /// The id of the sign-in.
        step: String,
    },
    Add {
        user: UserId,
        /// The password manager adds it by itself, after a sign-in with a password.
        conditional: bool,
    },
}

/// A ceremony that has begun.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasskeyCeremony {
    pub challenge: Challenge,
    pub purpose: PasskeyPurpose,
    /// The value of the browser's cookie.
    browser: String,
    /// Unix seconds.
    started_at: i64,
}

/// Begins and finds ceremonies. Cheap to clone.
#[derive(Clone, Debug)]
pub struct PasskeyCeremonies {
    sealer: Arc<Sealer>,
    browser: SealedCookie<String>,
}

/// Seconds for which a browser keeps its mark: a login page may stay open for long before it asks for a new challenge.
const BROWSER_LIFETIME: i64 = 24 * 3600;
/// The sealing context.
const PLACE: &str = "passkey ceremony";
/// Longest sealed ceremony, in bytes: two ids and a few short values.
const MAX_BYTES: usize = 1024;

impl PasskeyCeremonies {
    pub(super) fn new(sealer: Arc<Sealer>, cookies: Cookies) -> Self {
        let browser = SealedCookie::new(sealer.clone(), cookies, "passkey", BROWSER_LIFETIME);
        Self { sealer, browser }
    }

    /// The ceremony, its sealed form for the page, and the `Set-Cookie` value that marks the browser.
    ///
    /// # Errors
    /// If the system returns no random numbers.
    pub fn begin(
        &self,
        request: &HeaderMap,
        purpose: PasskeyPurpose,
        now: i64,
    ) -> Result<(PasskeyCeremony, String, HeaderValue), SealingError> {
        let browser = match self.browser.find(request, now) {
            Some(browser) => browser,
            None => random_text::<16>()?,
        };
        let challenge = Challenge::from_random(random_bytes()?);
        let ceremony = PasskeyCeremony { challenge, purpose, browser: browser.clone(), started_at: now };
        let plain = serde_json::to_vec(&ceremony).map_err(|_| SealingError)?;
        Ok((ceremony, self.sealer.seal(PLACE, &plain)?, self.browser.keep(&browser, now)?))
    }

    /// The ceremony of a sealed form, if this very browser began it within the last five minutes. Whether it was used before,
    /// the caller looks up.
    pub fn find(&self, request: &HeaderMap, sealed: &str, now: i64) -> Option<PasskeyCeremony> {
        if sealed.len() > MAX_BYTES {
            return None;
        }
        let plain = self.sealer.open(PLACE, sealed).ok()?;
        let ceremony: PasskeyCeremony = serde_json::from_slice(&plain).ok()?;
        let is_of_this_browser = self.browser.find(request, now).is_some_and(|browser| browser == ceremony.browser);
        let is_recent = now.saturating_sub(ceremony.started_at) <= CEREMONY_SECONDS;
        (is_of_this_browser && is_recent).then_some(ceremony)
    }
}

#[cfg(test)]
mod tests {
    use http::header;

    use super::*;

    fn ceremonies() -> PasskeyCeremonies {
        let sealer = Sealer::new([[7_u8; 32].as_slice()].into_iter(), "cookies").unwrap();
        PasskeyCeremonies::new(Arc::new(sealer), Cookies::new(true))
    }

    fn request(set: &HeaderValue) -> HeaderMap {
        let pair = set.to_str().unwrap().split(';').next().unwrap().to_owned();
        HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_str(&pair).unwrap())])
    }

    #[test]
    fn a_ceremony_is_found_in_its_own_browser_for_five_minutes() {
        let (ceremony, sealed, set) = ceremonies().begin(&HeaderMap::new(), PasskeyPurpose::SignIn, 100).unwrap();
        let find = |request: &HeaderMap, sealed: &str, now| ceremonies().find(request, sealed, now);
        assert_eq!(find(&request(&set), &sealed, 400), Some(ceremony));
        assert_eq!(find(&request(&set), &sealed, 401), None);
        assert_eq!(find(&HeaderMap::new(), &sealed, 100), None);
        assert_eq!(find(&request(&set), &sealed[..sealed.len() - 1], 100), None);
        let (_, _, other) = ceremonies().begin(&HeaderMap::new(), PasskeyPurpose::SignIn, 100).unwrap();
        assert_eq!(find(&request(&other), &sealed, 100), None);
    }

    #[test]
    fn the_tabs_of_a_browser_have_a_ceremony_each() {
        let (first, sealed_first, set) = ceremonies().begin(&HeaderMap::new(), PasskeyPurpose::SignIn, 0).unwrap();
        let browser = request(&set);
        let (second, sealed_second, again) = ceremonies().begin(&browser, PasskeyPurpose::SignIn, 10).unwrap();
        assert_ne!(first.challenge, second.challenge);
        for browser in [browser, request(&again)] {
            assert_eq!(ceremonies().find(&browser, &sealed_first, 10).as_ref(), Some(&first));
            assert_eq!(ceremonies().find(&browser, &sealed_second, 10).as_ref(), Some(&second));
        }
    }

    #[test]
    fn the_longest_ceremony_is_within_its_bound() {
        let purpose = PasskeyPurpose::ResolveLink { user: UserId::NOBODY, link: "a".repeat(22) };
        let (ceremony, sealed, set) = ceremonies().begin(&HeaderMap::new(), purpose, 0).unwrap();
        assert!(sealed.len() <= MAX_BYTES, "{}", sealed.len());
        assert_eq!(ceremonies().find(&request(&set), &sealed, 0), Some(ceremony));
    }
}
