//! The profile from an access token that a front end obtained.

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};

use super::{
    super::{
        BeginError, FlowEvent, HttpError, Journal, RelyingParty,
        provider_client::{Part, ProviderClient},
    },
    ExternalTokenError,
};
use crate::{
    oidc::{process_userinfo_response, userinfo_request},
    providers::{CheckedToken, Facts, IdentitySource, OidcSpec, Profile, TokenCheck, UnfitTokenError},
};

/// Longest accepted access token, in bytes.
const MAX_TOKEN_BYTES: usize = 4096;
/// Limit for the provider's token check. Shorter than the deadline of the whole verification, so that the circuit
/// breaker learns of a provider that hangs.
const CHECK_TIMEOUT: Duration = Duration::from_millis(2500);

impl RelyingParty {
    /// Whether an access token is worth a request to its provider, by its form. [`Self::verify_external_token`] sends none
    /// otherwise.
    pub fn is_plausible_access_token(&self, slug: &str, token: &SecretString) -> bool {
        self.client(slug).is_some_and(|client| plausible(client, token).is_ok())
    }

    /// Checks which client the token was issued to, then fetches the profile; both must name the same subject.
    pub(super) async fn verify_external_access_token(
        &self,
        client: &ProviderClient,
        token: &SecretString,
        journal: &mut Journal,
    ) -> Result<Profile, ExternalTokenError> {
        let check = plausible(client, token)?;
        let checked = self.check_token(client, check, token, journal).await?;
        let profile = match &client.provider.spec.identity {
            IdentitySource::IdToken(spec) => self.userinfo_profile(client, spec, token, &checked, journal).await?,
            IdentitySource::Api(spec) => self.api_profile_of_token(client, spec, token, journal).await?,
        };
        match profile.subject == checked.subject() {
            true => Ok(profile),
            false => Err(UnfitTokenError::AnotherSubject.into()),
        }
    }

    async fn check_token(
        &self,
        client: &ProviderClient,
        check: &TokenCheck,
        token: &SecretString,
        journal: &mut Journal,
    ) -> Result<CheckedToken, ExternalTokenError> {
        let (provider, now) = (&client.provider, self.clock.now());
        let request = (check.request)(provider, token).ok_or(ExternalTokenError::NoTokenCheck)?;
        if !client.try_acquire(Part::TokenCheck, now) {
            return Err(BeginError::BreakerOpen.into());
        }
        let check_response = client.send(&self.http, Part::TokenCheck, request, now);
        let response = tokio::time::timeout(CHECK_TIMEOUT, check_response).await.unwrap_or_else(|_| {
            client.record_timeout(Part::TokenCheck, now);
            Err(HttpError::Timeout)
        })?;
        let outcome = (check.judge)(provider, &response, now);
        journal.record(FlowEvent::TokenChecked { passed: outcome.is_ok() });
        Ok(outcome?)
    }

    /// The profile from userinfo alone, without an id_token.
    async fn userinfo_profile(
        &self,
        client: &ProviderClient,
        spec: &OidcSpec,
        token: &SecretString,
        checked: &CheckedToken,
        journal: &mut Journal,
    ) -> Result<Profile, ExternalTokenError> {
        let (provider, now) = (&client.provider, self.clock.now());
        let metadata = client.metadata(&self.http, now).await?;
        let endpoint = metadata.userinfo_endpoint.as_ref().ok_or(ExternalTokenError::NoTokenCheck)?;
        if !client.try_acquire(Part::Userinfo, now) {
            return Err(BeginError::BreakerOpen.into());
        }
        let response = client.send(&self.http, Part::Userinfo, userinfo_request(endpoint, token), now).await?;
        let outcome = process_userinfo_response(&response, checked.subject(), spec.claims);
        journal.record(FlowEvent::UserinfoReceived { usable: outcome.is_ok() });
        let userinfo = outcome?;
        let facts = Facts { claims: None, userinfo: Some(&userinfo), unverified_name: None };
        if !(spec.admits)(provider, &facts) {
            return Err(ExternalTokenError::NotAdmitted);
        }
        (spec.profile)(provider, &facts).ok_or(ExternalTokenError::NoProfile)
    }
}

/// The check that the provider offers, for a token that it can have issued.
fn plausible<'a>(client: &'a ProviderClient, token: &SecretString) -> Result<&'a TokenCheck, ExternalTokenError> {
    let check = client.provider.spec.token_check.as_ref().ok_or(ExternalTokenError::NoTokenCheck)?;
    let token = token.expose_secret();
    match is_well_formed(token) && (check.is_plausible)(token) {
        true => Ok(check),
        false => Err(UnfitTokenError::Malformed.into()),
    }
}

/// Visible ASCII (RFC 6749 appendix A.12), as a header requires.
fn is_well_formed(token: &str) -> bool {
    (1..=MAX_TOKEN_BYTES).contains(&token.len()) && token.bytes().all(|byte| byte.is_ascii_graphic())
}
