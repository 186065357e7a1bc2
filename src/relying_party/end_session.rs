//! Sign-out at the provider (OpenID Connect RP-Initiated Logout 1.0).

use super::RelyingParty;
use crate::oidc::end_session_url;

impl RelyingParty {
    /// The URL to register as the client's `post_logout_redirect_uri`.
    pub fn post_logout_redirect_uri(&self) -> String {
        format!("{}/login", self.origin)
    }

    /// Whether a sign-out takes this provider along (`OIDC_<NAME>_LOGOUT`).
    pub fn ends_session_of(&self, slug: &str) -> bool {
        self.provider(slug).is_some_and(|provider| provider.ends_session)
    }

    /// Where the browser goes to sign out at the provider. `None` if the configuration does not want it, the provider has no
    /// such endpoint, or it does not answer now: the sign-out here does not depend on it.
    pub async fn end_session_url(&self, slug: &str, hint: Option<&str>) -> Option<String> {
        let client = self.client(slug).filter(|client| client.provider.ends_session)?;
        let metadata = client.metadata(&self.http, self.clock.now()).await.ok()?;
        let endpoint = metadata.end_session_endpoint.as_ref()?;
        let redirect_uri = self.post_logout_redirect_uri();
        Some(end_session_url(endpoint, &client.provider.client_id, &redirect_uri, hint).into())
    }
}
