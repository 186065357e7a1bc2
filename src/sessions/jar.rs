//! The cookies besides the session's: each has one purpose, and only we can read it.

use std::sync::Arc;

use http::{HeaderMap, HeaderValue};

use super::{
    cookies::{self, Cookies},
    flow_cookies::FlowCookies,
    name_cookie::NameCookie,
    nonces::Nonces,
    pending_link::PendingLink,
    sealed_cookie::SealedCookie,
};
use crate::{
    accounts::{EmailAddress, EmailToken},
    providers::Slug,
    sealing::{Sealer, SealingError, random_text, sha256_base64url},
};

/// Accounts that a browser remembers.
const MAX_KNOWN_ACCOUNTS: usize = 5;
/// 128 random bits.
const MARK_BYTES: usize = 16;
const MINUTES: i64 = 60;
const DAYS: i64 = 24 * 3600;

/// Cheap to clone.
#[derive(Clone, Debug)]
pub struct Jar {
    /// Pending flows.
    pub flows: FlowCookies,
    /// The name that came with a response (Apple).
    pub name: NameCookie,
    /// The email address that the user typed, so that they need not type it again. Not in the URL, which ends up in histories
    /// and logs.
    pub typed: SealedCookie<String>,
    /// The token of an email's link, until its form is sent.
    pub email_link: SealedCookie<EmailToken>,
    /// The identity at the link prompt.
    pub link: SealedCookie<PendingLink>,
    /// Marks the browser that signed up.
    pub sign_up: SealedCookie<String>,
    /// Nonces for front ends.
    pub nonces: Nonces,
    known: SealedCookie<Vec<String>>,
    cookies: Cookies,
}

impl Jar {
    /// Derives its keys from the secret keys, newest first.
    ///
    /// # Errors
    /// If there is no key.
    pub fn new<'a>(
        secret_keys: impl Iterator<Item = &'a [u8]> + Clone,
        cookies: Cookies,
    ) -> Result<Self, SealingError> {
        let sealer = Arc::new(Sealer::new(secret_keys.clone(), "cookies")?);
        Ok(Self {
            flows: FlowCookies::new(secret_keys.clone(), cookies)?,
            name: NameCookie::new(secret_keys, cookies)?,
            typed: SealedCookie::new(sealer.clone(), cookies, "typed", 10 * MINUTES),
            email_link: SealedCookie::new(sealer.clone(), cookies, "email-link", 30 * MINUTES),
            link: SealedCookie::new(sealer.clone(), cookies, "link", 10 * MINUTES),
            sign_up: SealedCookie::new(sealer.clone(), cookies, "asked", DAYS),
            nonces: Nonces::new(sealer.clone(), cookies),
            known: SealedCookie::new(sealer, cookies, "known", 365 * DAYS),
            cookies,
        })
    }

    /// The sign-in method that this browser used last: a provider's slug, or `password`.
    pub fn last_used(&self, request: &HeaderMap) -> Option<Slug> {
        cookies::find(request, &self.cookies.name(LAST)).and_then(Slug::parse)
    }

    /// The `Set-Cookie` value that remembers the method. It does not name the user.
    pub fn remember_method(&self, slug: &str) -> Option<HeaderValue> {
        self.cookies.set(&self.cookies.name(LAST), slug, 365 * DAYS)
    }

    /// Whether this browser has signed in with this address and its password: strangers who guess that password must not
    /// lock its user out.
    pub fn is_known(&self, request: &HeaderMap, address: &EmailAddress, now: i64) -> bool {
        self.known.find(request, now).is_some_and(|known| known.contains(&mark_of(address)))
    }

    /// The `Set-Cookie` value that remembers the account.
    pub fn remember_account(&self, request: &HeaderMap, address: &EmailAddress, now: i64) -> Option<HeaderValue> {
        let mark = mark_of(address);
        let mut known = self.known.find(request, now).unwrap_or_default();
        known.retain(|other| *other != mark);
        known.insert(0, mark);
        known.truncate(MAX_KNOWN_ACCOUNTS);
        self.known.keep(&known, now).ok()
    }

    /// The `Set-Cookie` values that remove everything that waits for a next step: on a shared computer, an email's link that
    /// was opened and not used would fall to the next user.
    pub fn clear_pending(&self, request: &HeaderMap) -> impl Iterator<Item = HeaderValue> {
        let pending = [self.typed.clear(request), self.email_link.clear(request), self.link.clear(request)];
        pending.into_iter().flatten()
    }

    /// The hash of this browser's sign-up mark, and the `Set-Cookie` value that keeps the mark.
    ///
    /// # Errors
    /// If the system returns no random numbers.
    pub fn mark_sign_up(&self, request: &HeaderMap, now: i64) -> Result<(String, HeaderValue), SealingError> {
        let browser = match self.sign_up.find(request, now) {
            Some(browser) => browser,
            None => random_text::<MARK_BYTES>()?,
        };
        Ok((sha256_base64url(&browser), self.sign_up.keep(&browser, now)?))
    }

    /// The hash that [`mark_sign_up`](Self::mark_sign_up) returned to this browser.
    pub fn sign_up_mark(&self, request: &HeaderMap, now: i64) -> Option<String> {
        self.sign_up.find(request, now).map(|browser| sha256_base64url(&browser))
    }
}

const LAST: &str = "last";

/// A short hash, not the address itself.
fn mark_of(address: &EmailAddress) -> String {
    sha256_base64url(address.as_str())[..16].to_owned()
}

#[cfg(test)]
mod tests {
    use http::header;

    use super::*;

    fn jar() -> Jar {
        Jar::new([[7_u8; 32].as_slice()].into_iter(), Cookies::new(false)).unwrap()
    }

    fn request(set: &HeaderValue) -> HeaderMap {
        let pair = set.to_str().unwrap().split(';').next().unwrap().to_owned();
        HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_str(&pair).unwrap())])
    }

    fn address(number: usize) -> EmailAddress {
        EmailAddress::parse(&format!("a{number}@example.com")).unwrap()
    }

    #[test]
    fn the_last_method_is_remembered_and_nonsense_is_ignored() {
        let browser = request(&jar().remember_method("google").unwrap());
        assert_eq!(jar().last_used(&browser).map(|slug| slug.to_string()).as_deref(), Some("google"));
        let nonsense = HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_static("last=<script>"))]);
        assert_eq!(jar().last_used(&nonsense), None);
    }

    #[test]
    fn a_browser_remembers_its_last_five_accounts() {
        let mut browser = HeaderMap::new();
        for number in 0..6 {
            browser = request(&jar().remember_account(&browser, &address(number), 0).unwrap());
        }
        assert!((1..6).all(|number| jar().is_known(&browser, &address(number), 0)));
        assert!(!jar().is_known(&browser, &address(0), 0));
        assert!(!jar().is_known(&HeaderMap::new(), &address(1), 0));
    }

    #[test]
    fn a_browser_keeps_its_sign_up_mark() {
        let (hash, set) = jar().mark_sign_up(&HeaderMap::new(), 0).unwrap();
        let browser = request(&set);
        assert_eq!(jar().mark_sign_up(&browser, 10).unwrap().0, hash);
        assert_eq!(jar().sign_up_mark(&browser, 10), Some(hash.clone()));
        assert_ne!(jar().mark_sign_up(&HeaderMap::new(), 10).unwrap().0, hash);
    }
}
