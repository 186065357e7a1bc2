//! A sign-in between its two steps.
//!
//! It waits sealed with its client: in a cookie of the browser, or in a text that a program holds. A row makes it work once,
//! counts the tries, and goes when the user's sessions end. The id is random at each first step: none can be planted.

use std::sync::Arc;

use http::{HeaderMap, HeaderValue};
use serde::{Deserialize, Serialize};

use super::{cookies::Cookies, flow_cookies::flow_id, sealed_cookie::SealedCookie};
use crate::{
    accounts::{Authentications, IdentityId, UserId},
    relying_party::ReturnTo,
    sealing::{Sealer, SealingError},
    store::PENDING_LIFETIME,
};

/// What the first step showed, and where the sign-in goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingSecondFactor {
    /// Names the row by its hash, and the form of the page.
    pub id: String,
    pub user: UserId,
    /// The steps so far.
    pub steps: Authentications,
    pub identity: Option<IdentityId>,
    /// Unix seconds; of a sign-in by password, when it was set.
    pub password_set_at: Option<i64>,
    pub return_to: ReturnTo,
    /// The id of the pending link that is resolved afterwards.
    pub link: Option<String>,
    /// The user has no second factor and sets one up.
    pub enrols: bool,
    /// The session is delivered as tokens.
    pub tokens: bool,
}

impl PendingSecondFactor {
    /// The hash that names the row.
    pub fn id_hash(&self) -> String {
        flow_id(&self.id)
    }

    /// Where the sign-in goes afterwards.
    #[must_use]
    pub fn back_to(self, return_to: &ReturnTo) -> Self {
        Self { return_to: return_to.clone(), ..self }
    }

    /// Resolves a pending link afterwards.
    #[must_use]
    pub fn with_link(self, link: &str) -> Self {
        Self { link: Some(link.to_owned()), ..self }
    }

    #[must_use]
    pub(super) fn with_tokens(self) -> Self {
        Self { tokens: true, ..self }
    }
}

/// Seals and opens them. Cheap to clone.
#[derive(Clone, Debug)]
pub struct PendingSecondFactors {
    sealer: Arc<Sealer>,
    cookie: SealedCookie<PendingSecondFactor>,
}

/// A token of a program, with the time at which it was issued.
#[derive(Serialize, Deserialize)]
struct Issued {
    at: i64,
    pending: PendingSecondFactor,
}

/// The sealing context of a program's text.
const PLACE: &str = "second factor token";
/// Longest text that is read as a token, in bytes.
const MAX_BYTES: usize = 4096;

impl PendingSecondFactors {
    pub(super) fn new(sealer: Arc<Sealer>, cookies: Cookies) -> Self {
        let lifetime = PENDING_LIFETIME.whole_seconds();
        Self { cookie: SealedCookie::new(sealer.clone(), cookies, "second-factor", lifetime), sealer }
    }

    /// The `Set-Cookie` value that keeps one.
    ///
    /// # Errors
    /// If it cannot be sealed.
    pub fn keep(&self, pending: &PendingSecondFactor, now: i64) -> Result<HeaderValue, SealingError> {
        // Too long for a cookie: the destination can be missed.
        let short = || pending.clone().back_to(&ReturnTo::default());
        self.cookie.keep(pending, now).or_else(|_| self.cookie.keep(&short(), now))
    }

    /// The browser's. Whether it was used meanwhile, the row knows.
    pub fn find(&self, request: &HeaderMap, now: i64) -> Option<PendingSecondFactor> {
        self.cookie.find(request, now)
    }

    /// The `Set-Cookie` value that removes it.
    pub fn clear(&self, request: &HeaderMap) -> Option<HeaderValue> {
        self.cookie.clear(request)
    }

    /// For a program, or a front end that shows a form of its own.
    ///
    /// # Errors
    /// If it cannot be sealed.
    pub fn token(&self, pending: &PendingSecondFactor, now: i64) -> Result<String, SealingError> {
        let plain = serde_json::to_vec(&Issued { at: now, pending: pending.clone() }).map_err(|_| SealingError)?;
        self.sealer.seal(PLACE, &plain)
    }

    /// The one of an unverified token, if we sealed it within its lifetime.
    pub fn of_token(&self, unverified: &str, now: i64) -> Option<PendingSecondFactor> {
        if unverified.len() > MAX_BYTES {
            return None;
        }
        let plain = self.sealer.open(PLACE, unverified).ok()?;
        let Issued { at, pending } = serde_json::from_slice(&plain).ok()?;
        (now.saturating_sub(at) <= PENDING_LIFETIME.whole_seconds()).then_some(pending)
    }
}

#[cfg(test)]
mod tests {
    use http::header;
    use time::OffsetDateTime;

    use super::*;
    use crate::accounts::AuthenticationMethod;

    fn pending_second_factors() -> PendingSecondFactors {
        let sealer = Sealer::new([[7_u8; 32].as_slice()].into_iter(), "cookies").unwrap();
        PendingSecondFactors::new(Arc::new(sealer), Cookies::new(true))
    }

    fn pending() -> PendingSecondFactor {
        PendingSecondFactor {
            id: "a".repeat(22),
            user: UserId::NOBODY,
            steps: Authentications::by(AuthenticationMethod::Password, OffsetDateTime::UNIX_EPOCH),
            identity: None,
            password_set_at: Some(7),
            return_to: ReturnTo::parse("/drive").unwrap(),
            link: None,
            enrols: false,
            tokens: false,
        }
    }

    #[test]
    fn it_is_found_in_its_browser_for_ten_minutes() {
        let set = pending_second_factors().keep(&pending(), 100).unwrap();
        let pair = set.to_str().unwrap().split(';').next().unwrap().to_owned();
        let browser = HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_str(&pair).unwrap())]);
        assert_eq!(pending_second_factors().find(&browser, 700), Some(pending()));
        assert_eq!(pending_second_factors().find(&browser, 701), None);
        assert_eq!(pending_second_factors().find(&HeaderMap::new(), 100), None);
    }

    #[test]
    fn a_program_has_a_token_that_no_cookie_replaces() {
        let token = pending_second_factors().token(&pending(), 100).unwrap();
        assert_eq!(pending_second_factors().of_token(&token, 700), Some(pending()));
        assert_eq!(pending_second_factors().of_token(&token, 701), None);
        let set = pending_second_factors().keep(&pending(), 100).unwrap();
        let cookie = set.to_str().unwrap().split_once('=').unwrap().1.split(';').next().unwrap().to_owned();
        for forged in ["", &token[1..], &cookie] {
            assert_eq!(pending_second_factors().of_token(forged, 100), None, "{forged}");
        }
    }
}
