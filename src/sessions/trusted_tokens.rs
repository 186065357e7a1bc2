//! The tokens of a browser that is trusted: one per account.

use std::sync::Arc;

use http::{HeaderMap, HeaderValue};

use super::{cookies::Cookies, sealed_cookie::SealedCookie};
use crate::{accounts::EmailToken, sealing::Sealer, store::TRUST_LIFETIME};

/// Accounts that a browser is trusted by.
const MAX: usize = 5;

/// Reads and writes the cookie. Cheap to clone.
#[derive(Clone, Debug)]
pub struct TrustedTokens(SealedCookie<Vec<EmailToken>>);

impl TrustedTokens {
    pub(super) fn new(sealer: Arc<Sealer>, cookies: Cookies) -> Self {
        Self(SealedCookie::new(sealer, cookies, "trusted", TRUST_LIFETIME.whole_seconds()))
    }

    /// The newest first.
    pub fn find(&self, request: &HeaderMap, now: i64) -> Vec<EmailToken> {
        self.0.find(request, now).unwrap_or_default()
    }

    /// The `Set-Cookie` value with one more; the oldest of too many goes.
    pub fn add(&self, request: &HeaderMap, token: EmailToken, now: i64) -> Option<HeaderValue> {
        let mut tokens = self.find(request, now);
        tokens.insert(0, token);
        tokens.truncate(MAX);
        self.0.keep(&tokens, now).ok()
    }
}

#[cfg(test)]
mod tests {
    use http::header;

    use super::*;

    #[test]
    fn a_browser_keeps_the_newest_five() {
        let sealer = Arc::new(Sealer::new([[7_u8; 32].as_slice()].into_iter(), "cookies").unwrap());
        let tokens = TrustedTokens::new(sealer, Cookies::new(false));
        let mut browser = HeaderMap::new();
        for number in 0..6 {
            let set = tokens.add(&browser, EmailToken::new(number.to_string()), 0).unwrap();
            let pair = set.to_str().unwrap().split(';').next().unwrap().to_owned();
            browser = HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_str(&pair).unwrap())]);
        }
        let kept: Vec<_> = tokens.find(&browser, 0).iter().map(|token| token.expose().to_owned()).collect();
        assert_eq!(kept, ["5", "4", "3", "2", "1"]);
        assert!(tokens.find(&HeaderMap::new(), 0).is_empty());
    }
}
