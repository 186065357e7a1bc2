//! The cookies besides the session's: each has one purpose, and only we can read it.

use std::sync::Arc;

use http::{HeaderMap, HeaderValue};
use serde::{Deserialize, Serialize};

use super::{
    cookies::{self, Cookies},
    enrolment::Enrolments,
    flow_cookies::FlowCookies,
    name_cookie::NameCookie,
    nonces::Nonces,
    passkey_ceremonies::PasskeyCeremonies,
    pending_link::PendingLink,
    pending_second_factor::PendingSecondFactors,
    pending_sign_in_code::PendingSignInCode,
    pending_sign_up::{Kept, PendingSignUp},
    sealed_cookie::SealedCookie,
    trusted_tokens::TrustedTokens,
    unsent_form::{UNSENT_LIFETIME, UnsentForm},
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
/// 256 random bits.
const BROWSER_BYTES: usize = 32;
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
    /// When the email that was just requested may be requested again (Unix seconds).
    pub resend_at: SealedCookie<i64>,
    /// What was just done, for the next page to say: a sign-in returns to a URL that must stay as it is.
    pub done: SealedCookie<String>,
    /// The user signed out in this browser: other tabs can say why they no longer work.
    pub signed_out: SealedCookie<()>,
    /// A form that was submitted after its session ended.
    pub unsent: SealedCookie<UnsentForm>,
    /// The token of an email's link, until its form is sent.
    pub email_link: SealedCookie<EmailToken>,
    /// This browser asked for a code to sign in.
    pub sign_in_code: SealedCookie<PendingSignInCode>,
    /// The identity at the link prompt.
    pub link: SealedCookie<PendingLink>,
    /// Marks the browser that signed up.
    pub sign_up: SealedCookie<String>,
    /// Nonces for front ends.
    pub nonces: Nonces,
    /// Pending ceremonies of passkeys.
    pub passkeys: PasskeyCeremonies,
    /// The sign-in between its two steps.
    pub second_factor: PendingSecondFactors,
    /// The trust that this browser has.
    pub trusted: TrustedTokens,
    /// An authenticator app that is being set up, and recovery codes that are shown once.
    pub enrolment: Enrolments,
    pending_sign_up: SealedCookie<Kept>,
    browser: SealedCookie<EmailToken>,
    known: SealedCookie<Vec<String>>,
    last_account: SealedCookie<LastAccount>,
    cookies: Cookies,
}

/// Whom a browser signed in last, for "Continue as Ada". The threat is a shared computer: whoever opens the login page reads
/// it. So it names no more than a first name or a masked address, and the page offers to forget it.
#[derive(Debug, Serialize, Deserialize)]
struct LastAccount {
    method: String,
    label: String,
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
            resend_at: SealedCookie::new(sealer.clone(), cookies, "resend-at", 10 * MINUTES),
            done: SealedCookie::new(sealer.clone(), cookies, "done", MINUTES),
            signed_out: SealedCookie::new(sealer.clone(), cookies, "signed-out", 10 * MINUTES),
            unsent: SealedCookie::new(sealer.clone(), cookies, "unsent", UNSENT_LIFETIME),
            email_link: SealedCookie::new(sealer.clone(), cookies, "email-link", 30 * MINUTES),
            sign_in_code: SealedCookie::new(sealer.clone(), cookies, "sign-in-code", 10 * MINUTES),
            link: SealedCookie::new(sealer.clone(), cookies, "link", 10 * MINUTES),
            sign_up: SealedCookie::new(sealer.clone(), cookies, "asked", DAYS),
            nonces: Nonces::new(sealer.clone(), cookies),
            passkeys: PasskeyCeremonies::new(sealer.clone(), cookies),
            second_factor: PendingSecondFactors::new(sealer.clone(), cookies),
            trusted: TrustedTokens::new(sealer.clone(), cookies),
            enrolment: Enrolments::new(sealer.clone(), cookies),
            pending_sign_up: SealedCookie::new(sealer.clone(), cookies, "pending-sign-up", 10 * MINUTES),
            browser: SealedCookie::new(sealer.clone(), cookies, "browser", 365 * DAYS),
            known: SealedCookie::new(sealer.clone(), cookies, "known", 365 * DAYS),
            last_account: SealedCookie::new(sealer, cookies, "last-account", 365 * DAYS),
            cookies,
        })
    }

    /// The sign-in method that this browser used last: a provider's slug, `password` or `passkey`.
    pub fn last_used(&self, request: &HeaderMap) -> Option<Slug> {
        cookies::find(request, &self.cookies.name(LAST)).and_then(Slug::parse)
    }

    /// The short name of the account that this browser signed in to with its last method.
    pub fn last_account(&self, request: &HeaderMap, now: i64) -> Option<String> {
        let method = self.last_used(request)?;
        self.last_account.find(request, now).filter(|last| last.method == method.as_str()).map(|last| last.label)
    }

    /// The `Set-Cookie` values that remember the method, and by a short name whose it was. A password's form says no name.
    pub fn remember_sign_in(
        &self,
        request: &HeaderMap,
        method: &str,
        label: Option<String>,
        now: i64,
    ) -> impl Iterator<Item = HeaderValue> + use<> {
        let account = match label {
            Some(label) if method != PASSWORD => {
                self.last_account.keep(&LastAccount { method: method.to_owned(), label }, now).ok()
            }
            _ => self.last_account.clear(request),
        };
        self.cookies.set(&self.cookies.name(LAST), method, 365 * DAYS).into_iter().chain(account)
    }

    /// The `Set-Cookie` values that remove both.
    pub fn forget_sign_in(&self, request: &HeaderMap) -> impl Iterator<Item = HeaderValue> + use<> {
        let last = self.cookies.name(LAST);
        let method = cookies::has(request, &last).then(|| self.cookies.clear(&last)).flatten();
        method.into_iter().chain(self.last_account.clear(request))
    }

    /// The token of this browser, by which the accounts that sign in here recognise it, and the `Set-Cookie` value that keeps
    /// it for another year. It says nothing of them: the database has a hash for each.
    ///
    /// # Errors
    /// If the system returns no random numbers.
    pub fn browser(&self, request: &HeaderMap, now: i64) -> Result<(EmailToken, HeaderValue), SealingError> {
        let token = match self.browser.find(request, now) {
            Some(token) => token,
            None => EmailToken::new(random_text::<BROWSER_BYTES>()?),
        };
        let set = self.browser.keep(&token, now)?;
        Ok((token, set))
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
        let pending = [
            self.typed.clear(request),
            self.done.clear(request),
            self.resend_at.clear(request),
            self.unsent.clear(request),
            self.pending_sign_up.clear(request),
            self.email_link.clear(request),
            self.sign_in_code.clear(request),
            self.link.clear(request),
            self.second_factor.clear(request),
            self.enrolment.end(request),
        ];
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

    /// The sign-up that waits for the link in its email.
    pub fn pending_sign_up(&self, request: &HeaderMap, now: i64) -> Option<PendingSignUp> {
        self.pending_sign_up.find(request, now).and_then(Kept::read)
    }

    /// The `Set-Cookie` value that keeps it for ten minutes.
    ///
    /// # Errors
    /// If it cannot be sealed, or is too long for a cookie.
    pub fn keep_pending_sign_up(&self, pending: &PendingSignUp, now: i64) -> Result<HeaderValue, SealingError> {
        self.pending_sign_up.keep(&pending.kept(), now)
    }

    /// The `Set-Cookie` values that remove what a sign-up left in its browser.
    pub fn clear_sign_up(&self, request: &HeaderMap) -> impl Iterator<Item = HeaderValue> + use<> {
        let cookies = [
            self.sign_up.clear(request),
            self.pending_sign_up.clear(request),
            self.typed.clear(request),
            self.resend_at.clear(request),
        ];
        cookies.into_iter().flatten()
    }

    /// The hash that [`mark_sign_up`](Self::mark_sign_up) returned to this browser.
    pub fn sign_up_mark(&self, request: &HeaderMap, now: i64) -> Option<String> {
        self.sign_up.find(request, now).map(|browser| sha256_base64url(&browser))
    }
}

const LAST: &str = "last";
/// In the place of a provider's slug.
const PASSWORD: &str = "password";

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

    /// A browser with these cookies.
    fn browser(set: impl Iterator<Item = HeaderValue>) -> HeaderMap {
        let pair = |set: HeaderValue| set.to_str().unwrap().split(';').next().unwrap().to_owned();
        let pairs: Vec<String> = set.map(pair).collect();
        HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_str(&pairs.join("; ")).unwrap())])
    }

    fn address(number: usize) -> EmailAddress {
        EmailAddress::parse(&format!("a{number}@example.com")).unwrap()
    }

    #[test]
    fn the_last_method_is_remembered_and_nonsense_is_ignored() {
        let browser = browser(jar().remember_sign_in(&HeaderMap::new(), "google", None, 0));
        assert_eq!(jar().last_used(&browser).map(|slug| slug.to_string()).as_deref(), Some("google"));
        let nonsense = HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_static("last=<script>"))]);
        assert_eq!(jar().last_used(&nonsense), None);
    }

    #[test]
    fn the_last_account_is_shown_with_its_method_only_and_forgotten_on_request() {
        // Long enough that it does not stand in a ciphertext by chance.
        const NAME: &str = "Augusta";
        let nothing = HeaderMap::new();
        let with = |method: &str| browser(jar().remember_sign_in(&nothing, method, Some(NAME.into()), 0));
        let google = with("google");
        assert_eq!(jar().last_account(&google, 1).as_deref(), Some(NAME));
        assert!(!google.get(header::COOKIE).unwrap().to_str().unwrap().contains(NAME));
        assert_eq!(jar().last_account(&with("password"), 1), None);
        let mut another = google.clone();
        let pairs = google.get(header::COOKIE).unwrap().to_str().unwrap().replace("last=google", "last=github");
        another.insert(header::COOKIE, HeaderValue::from_str(&pairs).unwrap());
        assert_eq!(jar().last_account(&another, 1), None);
        let cleared: Vec<_> = jar().forget_sign_in(&google).collect();
        assert_eq!(cleared.len(), 2);
        assert!(cleared.iter().all(|set| set.to_str().unwrap().contains("Max-Age=0")));
        assert_eq!(jar().forget_sign_in(&nothing).count(), 0);
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
    fn a_browser_keeps_its_token_for_a_year_after_its_last_use() {
        const YEAR: i64 = 365 * DAYS;
        let (token, set) = jar().browser(&HeaderMap::new(), 0).unwrap();
        let (again, renewed) = jar().browser(&request(&set), YEAR).unwrap();
        assert_eq!(again, token);
        assert_eq!(jar().browser(&request(&renewed), 2 * YEAR).unwrap().0, token);
        assert_ne!(jar().browser(&request(&set), YEAR + 1).unwrap().0, token);
        assert_ne!(jar().browser(&HeaderMap::new(), 0).unwrap().0, token);
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
