//! Who somebody is, from an access token that a front end brought.

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

/// Longest access token that is looked at, in bytes.
const LONGEST: usize = 4096;
/// For the provider's own check. Less than the whole deadline, so that a provider that hangs there is known to.
const PATIENCE: Duration = Duration::from_millis(2500);

impl RelyingParty {
    /// First whose token it is, then whom it names: both about the same person, and never the second without the first.
    pub(super) async fn verify_external_access_token(
        &self,
        client: &ProviderClient,
        token: &SecretString,
        journal: &mut Journal,
    ) -> Result<Profile, ExternalTokenError> {
        let check = client.provider.spec.token_check.as_ref().ok_or(ExternalTokenError::NoTokenCheck)?;
        if !can_be_a_token(token.expose_secret()) {
            return Err(UnfitTokenError::Malformed.into());
        }
        let checked = self.check_token(client, check, token, journal).await?;
        let profile = match &client.provider.spec.identity {
            IdentitySource::IdToken(spec) => self.ask_userinfo(client, spec, token, &checked, journal).await?,
            IdentitySource::Api(spec) => self.ask_api_as_bearer(client, spec, token, journal).await?,
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
        if !client.may_ask(Part::Check, now) {
            return Err(BeginError::BreakerOpen.into());
        }
        let answer = tokio::time::timeout(PATIENCE, client.send(&self.http, Part::Check, request, now)).await;
        let response = answer.unwrap_or_else(|_| {
            client.gave_up(Part::Check, now);
            Err(HttpError::Timeout)
        })?;
        let outcome = (check.judge)(provider, &response, now);
        journal.record(FlowEvent::TokenChecked { passed: outcome.is_ok() });
        Ok(outcome?)
    }

    /// Where an id_token would say more, userinfo is all there is.
    async fn ask_userinfo(
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
        if !client.may_ask(Part::Userinfo, now) {
            return Err(BeginError::BreakerOpen.into());
        }
        let response = client.send(&self.http, Part::Userinfo, userinfo_request(endpoint, token), now).await?;
        let outcome = process_userinfo_response(&response, checked.subject());
        journal.record(FlowEvent::UserinfoReceived { usable: outcome.is_ok() });
        let userinfo = outcome?;
        let facts = Facts { claims: None, userinfo: Some(&userinfo), unverified_name: None };
        if !(spec.admits)(provider, &facts) {
            return Err(ExternalTokenError::NotAdmitted);
        }
        (spec.profile)(provider, &facts).ok_or(ExternalTokenError::NoProfile)
    }
}

/// Visible ASCII (RFC 6749 appendix A.12); anything else could not even be put into a header.
fn can_be_a_token(token: &str) -> bool {
    (1..=LONGEST).contains(&token.len()) && token.bytes().all(|byte| byte.is_ascii_graphic())
}
