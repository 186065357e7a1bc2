//! The profile from an id_token that a front end obtained.

use super::{
    super::{Journal, RelyingParty, provider_client::ProviderClient},
    ExternalTokenError,
};
use crate::{
    oidc::{ExpectedIdToken, NonceRule, precheck_id_token, unverified_claims},
    providers::{Facts, OidcSpec, Profile},
};

/// What is accepted besides the rules of the provider.
pub(super) struct IdTokenRules<'a> {
    pub(super) client_ids: &'a [&'a str],
    pub(super) nonce: NonceRule<'a>,
    /// Since `iat`, in seconds.
    pub(super) max_age: Option<u64>,
}

impl RelyingParty {
    /// Checks the id_token as the callback does, without code and access token. A token of another issuer or client, or
    /// an expired one, is rejected before any request to the provider (threat PA10).
    pub(super) async fn verify_external_id_token(
        &self,
        client: &ProviderClient,
        spec: &OidcSpec,
        token: &str,
        rules: &IdTokenRules<'_>,
        journal: &mut Journal,
    ) -> Result<Profile, ExternalTokenError> {
        let provider = &client.provider;
        let issuers = (spec.issuers)(provider, &unverified_claims(token));
        let issuers: Vec<&str> = issuers.iter().map(String::as_str).collect();
        let expected = ExpectedIdToken {
            issuers: &issuers,
            client_ids: rules.client_ids,
            nonce: rules.nonce,
            algorithms: spec.algorithms,
            access_token: None,
            code: None,
            max_age: None,
            max_token_age: rules.max_age,
            acr_values: &[],
            profile_claims: spec.claims,
            now: u64::try_from(self.clock.now()).unwrap_or_default(),
        };
        if let Err(error) = precheck_id_token(token, &expected) {
            journal.record_verdicts(error.verdicts());
            return Err(error.into());
        }
        let metadata = client.metadata(&self.http, self.clock.now()).await?;
        let claims = self.verify_with_provider_keys(client, &metadata, token, &expected, journal).await?;
        let facts = Facts { claims: Some(&claims), userinfo: None, unverified_name: None };
        if !(spec.admits)(provider, &facts) {
            return Err(ExternalTokenError::NotAdmitted);
        }
        let profile = (spec.profile)(provider, &facts).ok_or(ExternalTokenError::NoProfile)?;
        Ok(Profile { authentication: claims.authentication(), ..profile })
    }
}
