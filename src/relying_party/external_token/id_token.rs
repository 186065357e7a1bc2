//! Who somebody is, from an id_token that a front end brought.

use super::{
    super::{Journal, RelyingParty, provider_client::ProviderClient},
    ExternalTokenError,
};
use crate::{
    oidc::{ExpectedIdToken, NonceRule, precheck_id_token, unverified_claims},
    providers::{Facts, OidcSpec, Profile},
};

impl RelyingParty {
    /// Everything that the callback checks of an id_token, but for the code and the access token, which did not come.
    /// A token of another issuer, of another client or past its time is refused before any key is fetched (threat PA10).
    pub(super) async fn verify_external_id_token(
        &self,
        client: &ProviderClient,
        spec: &OidcSpec,
        token: &str,
        nonce: NonceRule<'_>,
        journal: &mut Journal,
    ) -> Result<Profile, ExternalTokenError> {
        let provider = &client.provider;
        let issuers = (spec.issuers)(provider, &unverified_claims(token));
        let issuers: Vec<&str> = issuers.iter().map(String::as_str).collect();
        let expected = ExpectedIdToken {
            issuers: &issuers,
            client_ids: &provider.client_ids(),
            nonce,
            algorithms: spec.algorithms,
            access_token: None,
            code: None,
            max_age: None,
            acr_values: &[],
            now: u64::try_from(self.clock.now()).unwrap_or_default(),
        };
        if let Err(error) = precheck_id_token(token, &expected) {
            journal.record_verdicts(error.verdicts());
            return Err(error.into());
        }
        let metadata = client.metadata(&self.http, self.clock.now()).await?;
        let claims = self.verify_with_its_keys(client, &metadata, token, &expected, journal).await?;
        let facts = Facts { claims: Some(&claims), userinfo: None, unverified_name: None };
        if !(spec.admits)(provider, &facts) {
            return Err(ExternalTokenError::NotAdmitted);
        }
        (spec.profile)(provider, &facts).ok_or(ExternalTokenError::NoProfile)
    }
}
