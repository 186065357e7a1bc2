//! Google's own button: a form from Google's site with an id_token. It ends as an authorization response does.

use http::{HeaderMap, HeaderValue};
use subtle::ConstantTimeEq;

use super::{
    authorization_callback::AuthorizationCallback,
    callback_error::CallbackError,
    callback_redirect::{CallbackOutcome, CallbackRedirect},
    cookies,
    verified::Verified,
};
use crate::{
    accounts::Purpose,
    relying_party::{Journal, Presented, ReturnTo},
};

/// The cookie that Google's script sets on our host and repeats in its form (Google Identity Services, "Verify the Google
/// ID token on your server side", read 2026-11).
const CSRF_COOKIE: &str = "g_csrf_token";

/// Whether the form began on our page in this browser: it repeats a cookie that only our pages can set. Without
/// this check any site could post its own id_token and sign the user in to the attacker's account (login CSRF).
pub fn is_from_this_browser(request: &HeaderMap, csrf_token: &str) -> bool {
    cookies::find(request, CSRF_COOKIE)
        .is_some_and(|value| !value.is_empty() && bool::from(value.as_bytes().ct_eq(csrf_token.as_bytes())))
}

impl AuthorizationCallback {
    /// Verifies an id_token, uses it up, settles the identity, and signs in. The browser sends none of our cookies with this
    /// form, so no nonce can be checked: a token with a nonce is refused (threat PA3), and one without works once.
    pub async fn complete_credential(self, id_token: String) -> CallbackRedirect {
        let mut journal = Journal::new(&self.provider);
        let (purpose, mut cookies) = (Purpose::SignIn, Vec::new());
        let outcome = match self.with_credential(&id_token, &purpose, &mut journal, &mut cookies).await {
            Ok(outcome) => Ok(outcome),
            Err(error) => Err(self.refuse(error, Some(&purpose), &mut journal).await),
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
        let presented = Presented::Credential(id_token);
        let profile = self.context.relying_party.verify_external_token(&self.provider, presented, journal).await?;
        if !self.context.use_id_token(&profile.issuer, id_token).await? {
            return Err(CallbackError::UsedFlow);
        }
        let verified =
            Verified { purpose, profile: &profile, return_to: &ReturnTo::default(), step_up: None, flow: None };
        Ok(self.settle_and_apply(&verified, None, journal, cookies).await?.outcome)
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
    fn the_form_must_repeat_the_cookie(#[case] cookies: &'static str, #[case] token: &str, #[case] fits: bool) {
        let request = HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_static(cookies))]);
        assert_eq!(is_from_this_browser(&request, token), fits);
    }
}
