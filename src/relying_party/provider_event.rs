//! Messages that a provider sends to this server.

use super::{BeginError, KeysError, RelyingParty, id_token::audience_of};
use crate::{
    inspect::{self, Check, CheckResult, FlowKind, Step, Value},
    oidc::{
        ExpectedSecurityEvent, SecurityEvent, SecurityEventError, precheck_security_event, unverified_claims,
        verify_security_event,
    },
    providers::{IdentitySource, IncomingMessage, MessageError, MessageFormat, Provider},
};

/// A verified message, and the issuer under which its subject's identity is known here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceivedEvent {
    /// The message.
    pub event: SecurityEvent,
    /// The first half of the identity's key.
    pub identity_issuer: String,
}

/// Why a message was not accepted.
#[derive(Debug, thiserror::Error)]
pub enum ProviderEventError {
    /// The provider is not enabled, or sends no signed messages.
    #[error("the provider sends no messages")]
    NotSupported,
    /// The message was rejected.
    #[error(transparent)]
    Rejected(#[from] SecurityEventError),
    /// A message in the provider's own form was rejected.
    #[error(transparent)]
    Message(#[from] MessageError),
    /// The provider's metadata is not available.
    #[error(transparent)]
    Metadata(#[from] BeginError),
    /// The provider's keys are not available.
    #[error(transparent)]
    Keys(#[from] KeysError),
}

impl RelyingParty {
    /// How the provider's messages come, if not as security event tokens.
    pub fn message_format(&self, slug: &str) -> Option<&'static MessageFormat> {
        self.client(slug)?.provider.spec.message_format.as_ref()
    }

    /// The fields of the provider's console for its own messages, and the URLs to enter there.
    pub(super) fn message_urls(&self, provider: &Provider) -> Vec<(&'static str, String)> {
        let registrations = provider.spec.message_format.iter().flat_map(|format| format.registrations);
        let url = |path| format!("{}/auth/events/{}{path}", self.origin, provider.slug);
        registrations.map(|registration| (registration.field, url(registration.purpose.path()))).collect()
    }

    /// Verifies a message in the provider's own form. `None` if it says nothing about a user.
    ///
    /// # Errors
    /// [`ProviderEventError::NotSupported`], also where no secret is configured, and [`ProviderEventError::Message`].
    pub fn verify_provider_message(
        &self,
        slug: &str,
        message: &IncomingMessage<'_>,
    ) -> Result<Option<ReceivedEvent>, ProviderEventError> {
        let provider = &self.client(slug).ok_or(ProviderEventError::NotSupported)?.provider;
        let format = provider.spec.message_format.as_ref().filter(|format| format.takes(message.purpose));
        let format = format.ok_or(ProviderEventError::NotSupported)?;
        let now = u64::try_from(self.clock.now()).unwrap_or_default();
        inspect::record(|_| Step::Began {
            kind: FlowKind::ProviderEvent,
            provider: Value::configured(&provider.label),
        });
        let outcome = (format.verify)(provider, message, now);
        inspect::record(|_| mac_check(outcome.as_ref().err()));
        match outcome {
            Ok(event) => Ok(event.map(|event| ReceivedEvent { identity_issuer: event.issuer.clone(), event })),
            Err(MessageError::NoSecret) => Err(ProviderEventError::NotSupported),
            Err(error) => Err(error.into()),
        }
    }

    /// Verifies a message by the provider's keys. One of another issuer or client is rejected before any request to the
    /// provider.
    ///
    /// # Errors
    /// [`ProviderEventError`].
    pub async fn verify_provider_event(&self, slug: &str, token: &str) -> Result<ReceivedEvent, ProviderEventError> {
        let client = self.client(slug).ok_or(ProviderEventError::NotSupported)?;
        let provider = &client.provider;
        let IdentitySource::IdToken(spec) = &provider.spec.identity else {
            return Err(ProviderEventError::NotSupported);
        };
        inspect::record(|_| Step::Began {
            kind: FlowKind::ProviderEvent,
            provider: Value::configured(&provider.label),
        });
        inspect::record(|redactor| inspect::event_parts(token, redactor));
        // The unverified claims only select among accepted issuers, as for id_tokens.
        let issuers = (spec.issuers)(provider, &unverified_claims(token));
        let issuers: Vec<&str> = issuers.iter().map(String::as_str).collect();
        let now = self.clock.now();
        let client_ids = provider.client_ids();
        let expected = ExpectedSecurityEvent {
            issuers: &issuers,
            client_ids: &client_ids,
            algorithms: spec.algorithms,
            now: u64::try_from(now).unwrap_or_default(),
        };
        precheck_security_event(token, &expected).inspect_err(|error| {
            inspect::record(|redactor| inspect::event_checks(Some(error), false, token, &expected, redactor));
        })?;
        let metadata = client.metadata(&self.http, now).await?;
        let set = client.key_set(&metadata, audience_of(token, &client_ids))?;
        let keys = client.keys(&self.http, &set, now).await?;
        let mut outcome = verify_security_event(token, &keys, &expected);
        if outcome.as_ref().is_err_and(SecurityEventError::is_unknown_kid)
            && let Some(newer) = client.newer_keys(&self.http, &set, &keys, now).await
        {
            outcome = verify_security_event(token, &newer, &expected);
        }
        inspect::record(|redactor| inspect::event_checks(outcome.as_ref().err(), true, token, &expected, redactor));
        let event = outcome?;
        // Where each tenant has its own issuer, the message names it.
        let own = provider.metadata.issuer();
        let identity_issuer = if own.contains('{') { event.issuer.clone() } else { own.to_owned() };
        Ok(ReceivedEvent { event, identity_issuer })
    }
}

fn mac_check(error: Option<&MessageError>) -> Step {
    let actual = error.map_or(Value::fact("so made"), |error| Value::of_log(&error.to_string()));
    let expected = Value::fact("of the documented form, and made with the shared secret");
    Step::check(CheckResult::of(Check::MessageMac, expected, actual, error.is_none()))
}
