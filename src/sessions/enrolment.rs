//! An authenticator app that is being set up: its secret waits in the browser until its user types a code.

use std::{fmt, sync::Arc};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use http::{HeaderMap, HeaderValue};
use serde::{Deserialize, Serialize};

use super::{cookies::Cookies, sealed_cookie::SealedCookie};
use crate::{
    accounts::{RecoveryCode, UserId},
    sealing::{Sealer, SealingError, random_bytes},
    totp::TotpSecret,
};

/// Seconds for which the page with the QR code works, and for which new recovery codes wait for the page that shows them.
const LIFETIME: i64 = 15 * 60;

/// The cookies of an enrolment. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Enrolments {
    secret: SealedCookie<Of<String>>,
    codes: SealedCookie<Of<Vec<RecoveryCode>>>,
}

/// Bound to its user: on a shared computer, or in a browser whose cookies someone has planted, it is worthless to others.
#[derive(Serialize, Deserialize)]
struct Of<T> {
    user: UserId,
    value: T,
}

/// Does not print: both values are secrets.
impl<T> fmt::Debug for Of<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Of({}, …)", self.user)
    }
}

impl<T> Of<T> {
    fn value_of(self, user: UserId) -> Option<T> {
        (self.user == user).then_some(self.value)
    }
}

impl Enrolments {
    pub(super) fn new(sealer: Arc<Sealer>, cookies: Cookies) -> Self {
        Self {
            secret: SealedCookie::new(sealer.clone(), cookies, "enrolment", LIFETIME),
            codes: SealedCookie::new(sealer, cookies, "recovery-codes", LIFETIME),
        }
    }

    /// The secret that the page shows: the same after a wrong code, since the app has it already.
    ///
    /// # Errors
    /// If the system returns no random numbers.
    pub fn begin(
        &self,
        request: &HeaderMap,
        user: UserId,
        now: i64,
    ) -> Result<(TotpSecret, HeaderValue), SealingError> {
        let secret = match self.secret(request, user, now) {
            Some(secret) => secret,
            None => TotpSecret::from_random(random_bytes()?),
        };
        let kept = Of { user, value: URL_SAFE_NO_PAD.encode(secret.expose()) };
        let cookie = self.secret.keep(&kept, now)?;
        Ok((secret, cookie))
    }

    /// The secret that the page has shown.
    pub fn secret(&self, request: &HeaderMap, user: UserId, now: i64) -> Option<TotpSecret> {
        let text = self.secret.find(request, now)?.value_of(user)?;
        TotpSecret::from_bytes(&URL_SAFE_NO_PAD.decode(text).ok()?)
    }

    /// The `Set-Cookie` value that ends it.
    pub fn end(&self, request: &HeaderMap) -> Option<HeaderValue> {
        self.secret.clear(request)
    }

    /// The `Set-Cookie` value that keeps new recovery codes for the page that shows them once.
    ///
    /// # Errors
    /// If they cannot be sealed.
    pub fn keep_codes(&self, user: UserId, codes: Vec<RecoveryCode>, now: i64) -> Result<HeaderValue, SealingError> {
        self.codes.keep(&Of { user, value: codes }, now)
    }

    /// The codes that the page shows, and the `Set-Cookie` value that removes them.
    pub fn take_codes(
        &self,
        request: &HeaderMap,
        user: UserId,
        now: i64,
    ) -> (Option<Vec<RecoveryCode>>, Option<HeaderValue>) {
        let codes = self.codes.find(request, now).and_then(|codes| codes.value_of(user));
        (codes, self.codes.clear(request))
    }
}

#[cfg(test)]
mod tests {
    use http::header;
    use time::OffsetDateTime;

    use super::*;

    fn enrolments() -> Enrolments {
        let sealer = Sealer::new([[7_u8; 32].as_slice()].into_iter(), "cookies").unwrap();
        Enrolments::new(Arc::new(sealer), Cookies::new(false))
    }

    fn request(set: &HeaderValue) -> HeaderMap {
        let pair = set.to_str().unwrap().split(';').next().unwrap().to_owned();
        HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_str(&pair).unwrap())])
    }

    #[test]
    fn a_secret_stays_the_same_for_its_user_alone() {
        let (ada, eve) = (UserId::new(OffsetDateTime::UNIX_EPOCH, [1; 10]), UserId::NOBODY);
        let (secret, set) = enrolments().begin(&HeaderMap::new(), ada, 0).unwrap();
        let browser = request(&set);
        assert_eq!(enrolments().begin(&browser, ada, 60).unwrap().0.expose(), secret.expose());
        assert_eq!(enrolments().secret(&browser, ada, 60).unwrap().expose(), secret.expose());
        assert!(enrolments().secret(&browser, eve, 60).is_none());
        assert_ne!(enrolments().begin(&browser, eve, 60).unwrap().0.expose(), secret.expose());
        assert!(enrolments().secret(&browser, ada, LIFETIME + 1).is_none());
    }

    #[test]
    fn recovery_codes_are_shown_to_their_user_and_removed() {
        let (ada, eve) = (UserId::new(OffsetDateTime::UNIX_EPOCH, [1; 10]), UserId::NOBODY);
        let codes = vec![RecoveryCode::from_random([7; 7]); RecoveryCode::COUNT];
        let browser = request(&enrolments().keep_codes(ada, codes.clone(), 0).unwrap());
        assert_eq!(enrolments().take_codes(&browser, eve, 1).0, None);
        let (shown, cleared) = enrolments().take_codes(&browser, ada, 1);
        assert_eq!(shown, Some(codes));
        assert!(cleared.is_some_and(|set| set.to_str().unwrap().contains("Max-Age=0")));
    }
}
