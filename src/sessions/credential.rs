//! What Google's own button posts: an id_token, by a form from Google's site. It comes to the same end as an authorization
//! response.

use http::{HeaderMap, HeaderValue};
use subtle::ConstantTimeEq;

use super::{
    authorization_callback::{AuthorizationCallback, SignInAttempt},
    callback_error::CallbackError,
    callback_redirect::{CallbackOutcome, CallbackRedirect},
    cookies,
};
use crate::{
    accounts::Purpose,
    oidc::NonceRule,
    relying_party::{Journal, Presented, ReturnTo},
};

/// The cookie that Google's script sets on our host and repeats in its form (Google Identity Services, "Verify the Google
/// ID token on your server side", read 2026-11).
const CSRF_COOKIE: &str = "g_csrf_token";

/// Whether a form comes from a page of ours in this browser: what it repeats is in a cookie that only such a page could
/// set. Without it, anybody could post their own id_token from anywhere, and sign a person in as themself.
pub fn is_of_this_browser(request: &HeaderMap, csrf_token: &str) -> bool {
    let mut values = cookies::of(request).filter(|(name, _)| *name == CSRF_COOKIE).map(|(_, value)| value);
    match (values.next(), values.next()) {
        (Some(value), None) => !value.is_empty() && bool::from(value.as_bytes().ct_eq(csrf_token.as_bytes())),
        _ => false,
    }
}

impl AuthorizationCallback {
    /// Takes an id_token to its end: verifies it in full, uses it up, settles who it is, and signs them in. No cookie of ours
    /// can travel with this form to show a nonce, so that a token with one belongs elsewhere (threat PA3), and one without
    /// counts once.
    pub async fn complete_credential(self, id_token: String) -> CallbackRedirect {
        let mut journal = Journal::new(&self.provider);
        let (purpose, mut cookies) = (Purpose::SignIn, Vec::new());
        let outcome = match self.with_credential(&id_token, &purpose, &mut journal, &mut cookies).await {
            Ok(outcome) => Ok(outcome),
            Err(refused) => Err(self.refuse(refused, Some(&purpose), &mut journal).await),
        };
        CallbackRedirect { outcome, purpose: Some(purpose), access: None, return_to: None, cookies }
    }

    async fn with_credential(
        &self,
        id_token: &str,
        purpose: &Purpose,
        journal: &mut Journal,
        cookies: &mut Vec<HeaderValue>,
    ) -> Result<CallbackOutcome, CallbackError> {
        let brought = Presented::IdToken { token: id_token, nonce: NonceRule::Forbidden };
        let profile = self.context.relying_party.verify_external_token(&self.provider, brought, journal).await?;
        if !self.context.counts_once(&profile.issuer, id_token).await? {
            return Err(CallbackError::UsedFlow);
        }
        let attempt = SignInAttempt { purpose, profile: &profile, return_to: &ReturnTo::default(), step_up: None };
        Ok(self.settle_and_carry_on(&attempt, None, journal, cookies).await?.outcome)
    }
}

#[cfg(test)]
mod tests {
    use http::header;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::the_same("g_csrf_token=abc", "abc", true)]
    #[case::among_others("a=b; g_csrf_token=abc; c=d", "abc", true)]
    #[case::another("g_csrf_token=abc", "abd", false)]
    #[case::longer("g_csrf_token=abc", "abcd", false)]
    #[case::absent("a=b", "abc", false)]
    #[case::empty("g_csrf_token=", "", false)]
    #[case::two_of_one_name("g_csrf_token=abc; g_csrf_token=abd", "abc", false)]
    #[case::with_a_prefix("__Host-g_csrf_token=abc", "abc", false)]
    fn a_form_repeats_what_the_cookie_says(#[case] cookies: &'static str, #[case] token: &str, #[case] fits: bool) {
        let request = HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_static(cookies))]);
        assert_eq!(is_of_this_browser(&request, token), fits);
    }
}
