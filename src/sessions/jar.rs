//! The cookies beside the session's own: each says one thing, to us alone.

use std::sync::Arc;

use aws_lc_rs::{
    digest::{SHA256, digest},
    rand,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
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
    sealing::{Sealer, SealingError},
};

/// Accounts that a browser is known by.
const MAX_KNOWN_ACCOUNTS: usize = 5;
const MINUTES: i64 = 60;
const DAYS: i64 = 24 * 3600;

/// All of them. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Jar {
    /// Pending flows.
    pub flows: FlowCookies,
    /// The name that came beside a response.
    pub name: NameCookie,
    /// The address that was typed into a form, so that it need not be typed again; in no address of a page, as that ends
    /// in histories and logs.
    pub typed: SealedCookie<String>,
    /// The token of a letter's link, on its way from the link to the form.
    pub email_link: SealedCookie<EmailToken>,
    /// The identity that waits at the link prompt.
    pub link: SealedCookie<PendingLink>,
    /// What a browser is known by that asked for a sign-up.
    pub asked: SealedCookie<String>,
    /// Nonces for front ends.
    pub nonces: Nonces,
    known: SealedCookie<Vec<String>>,
    cookies: Cookies,
}

impl Jar {
    /// Cookies sealed with keys derived from the secret keys, newest first.
    ///
    /// # Errors
    /// When there is no key.
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
            asked: SealedCookie::new(sealer.clone(), cookies, "asked", DAYS),
            nonces: Nonces::new(sealer.clone(), cookies),
            known: SealedCookie::new(sealer, cookies, "known", 365 * DAYS),
            cookies,
        })
    }

    /// The way in that this browser used last: a provider's slug, or `password`.
    pub fn last_used(&self, request: &HeaderMap) -> Option<Slug> {
        let name = self.cookies.name(LAST);
        cookies::of(request).find(|(cookie, _)| *cookie == name).and_then(|(_, slug)| Slug::parse(slug))
    }

    /// The `Set-Cookie` value that remembers it. It says nothing else: not who.
    pub fn remember_method(&self, slug: &str) -> Option<HeaderValue> {
        self.cookies.set(&self.cookies.name(LAST), slug, 365 * DAYS)
    }

    /// Whether somebody signed in here with this address and its password before: strangers who try passwords for it must
    /// not keep them out.
    pub fn is_known(&self, request: &HeaderMap, address: &EmailAddress, now: i64) -> bool {
        self.known.find(request, now).is_some_and(|known| known.contains(&mark_of(address)))
    }

    /// The `Set-Cookie` value that remembers that.
    pub fn remember_account(&self, request: &HeaderMap, address: &EmailAddress, now: i64) -> Option<HeaderValue> {
        let mark = mark_of(address);
        let mut known = self.known.find(request, now).unwrap_or_default();
        known.retain(|other| *other != mark);
        known.insert(0, mark);
        known.truncate(MAX_KNOWN_ACCOUNTS);
        self.known.keep(&known, now).ok()
    }

    /// The `Set-Cookie` values that end what waits for a next step: on a machine that others use, a letter's link that was
    /// followed and not used would be theirs.
    pub fn clear_pending(&self, request: &HeaderMap) -> impl Iterator<Item = HeaderValue> {
        let pending = [self.typed.clear(request), self.email_link.clear(request), self.link.clear(request)];
        pending.into_iter().flatten()
    }

    /// What this browser is known by for a sign-up, and the `Set-Cookie` value that keeps it.
    ///
    /// # Errors
    /// When the system gives no random numbers.
    pub fn ask(&self, request: &HeaderMap, now: i64) -> Result<(String, HeaderValue), SealingError> {
        let browser = match self.asked.find(request, now) {
            Some(browser) => browser,
            None => random_name()?,
        };
        Ok((hash(&browser), self.asked.keep(&browser, now)?))
    }

    /// The hash of what this browser is known by, as [`ask`](Self::ask) gave it.
    pub fn asked_by(&self, request: &HeaderMap, now: i64) -> Option<String> {
        self.asked.find(request, now).map(|browser| hash(&browser))
    }
}

const LAST: &str = "last";

/// A name that nobody guesses: 128 random bits.
///
/// # Errors
/// When the system gives no random numbers.
pub fn random_name() -> Result<String, SealingError> {
    let mut bytes = [0; 16];
    rand::fill(&mut bytes).map_err(|_| SealingError)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

fn hash(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, text.as_bytes()))
}

/// Short, and not the address itself.
fn mark_of(address: &EmailAddress) -> String {
    hash(address.as_str())[..16].to_owned()
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
    fn the_last_way_is_remembered_and_nonsense_is_none() {
        let browser = request(&jar().remember_method("google").unwrap());
        assert_eq!(jar().last_used(&browser).map(|slug| slug.to_string()).as_deref(), Some("google"));
        let planted = HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_static("last=<script>"))]);
        assert_eq!(jar().last_used(&planted), None);
    }

    #[test]
    fn a_browser_is_known_by_the_last_five_accounts() {
        let mut browser = HeaderMap::new();
        for number in 0..6 {
            browser = request(&jar().remember_account(&browser, &address(number), 0).unwrap());
        }
        assert!((1..6).all(|number| jar().is_known(&browser, &address(number), 0)));
        assert!(!jar().is_known(&browser, &address(0), 0));
        assert!(!jar().is_known(&HeaderMap::new(), &address(1), 0));
    }

    #[test]
    fn a_browser_that_asks_twice_is_the_same_browser_and_another_is_not() {
        let (hash, set) = jar().ask(&HeaderMap::new(), 0).unwrap();
        let browser = request(&set);
        assert_eq!(jar().ask(&browser, 10).unwrap().0, hash);
        assert_eq!(jar().asked_by(&browser, 10), Some(hash.clone()));
        assert_ne!(jar().ask(&HeaderMap::new(), 10).unwrap().0, hash);
    }
}
