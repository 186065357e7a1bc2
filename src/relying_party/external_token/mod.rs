//! Token sign-in: a front end obtained an id_token or an access token from the provider and presents it here. The
//! result is a verified profile. An access token counts only if the provider confirms that it was issued to a
//! configured client.

mod access_token;
mod error;
mod id_token;
mod single_use;

use std::{fmt, time::Duration};

use secrecy::SecretString;

pub use error::ExternalTokenError;
use id_token::IdTokenRules;
pub use single_use::{SingleUse, single_use};

use super::{Journal, ProviderFailure, RelyingParty, complete::profile_step, provider_client::ProviderClient};
use crate::{
    inspect,
    oidc::NonceRule,
    providers::{IdentitySource, Profile},
};

/// Limit for all requests to the provider together, so that the front end gets an answer within five seconds (threat
/// PA13).
const DEADLINE: Duration = Duration::from_secs(4);
/// Google's button posts the token as soon as it is issued. One that lay somewhere for longer is not from this click.
const CREDENTIAL_AGE: u64 = 5 * 60;

/// The token that a front end presents.
pub enum Presented<'a> {
    /// An id_token.
    IdToken {
        /// The token, as the provider issued it.
        token: &'a str,
        /// [`NonceRule::Equals`] with the nonce issued to this device. With any other rule, the caller has to make sure
        /// that the token is used once ([`single_use()`]).
        nonce: NonceRule<'a>,
    },
    /// An id_token of Google's own button: issued to our main client a moment ago, and without a nonce, as the browser sends
    /// none of our cookies with it. The caller has to make sure that it is used once ([`single_use()`]).
    Credential(&'a str),
    /// An access token.
    AccessToken(&'a SecretString),
}

impl RelyingParty {
    /// Verifies a token from a front end. Nothing in the token selects where requests go: keys, token check and
    /// userinfo are those of the configured provider. Checks that need no request come first. Ends within four seconds.
    ///
    /// # Errors
    /// [`ExternalTokenError`]: the first failed check, or what is wrong at the provider.
    pub async fn verify_external_token(
        &self,
        slug: &str,
        presented: Presented<'_>,
        journal: &mut Journal,
    ) -> Result<Profile, ExternalTokenError> {
        let client = self.client(slug).ok_or(ExternalTokenError::UnknownProvider)?;
        let steps = self.verify_steps(client, presented, journal);
        let verified = tokio::time::timeout(DEADLINE, steps).await.unwrap_or_else(|_| {
            tracing::warn!(provider = slug, "token verification timed out");
            Err(ProviderFailure::UNAVAILABLE.into())
        });
        verified.inspect(|profile| inspect::record(|redactor| profile_step(&client.provider, profile, redactor)))
    }

    async fn verify_steps(
        &self,
        client: &ProviderClient,
        presented: Presented<'_>,
        journal: &mut Journal,
    ) -> Result<Profile, ExternalTokenError> {
        match (presented, &client.provider.spec.identity) {
            (Presented::IdToken { .. } | Presented::Credential(_), IdentitySource::Api(_)) => {
                Err(ExternalTokenError::NoIdTokens)
            }
            (Presented::IdToken { token, nonce }, IdentitySource::IdToken(spec)) => {
                let rules = IdTokenRules { client_ids: &client.provider.client_ids(), nonce, max_age: None };
                self.verify_external_id_token(client, spec, token, &rules, journal).await
            }
            (Presented::Credential(token), IdentitySource::IdToken(spec)) => {
                let rules = IdTokenRules {
                    client_ids: &[&client.provider.client_id],
                    nonce: NonceRule::Forbidden,
                    max_age: Some(CREDENTIAL_AGE),
                };
                self.verify_external_id_token(client, spec, token, &rules, journal).await
            }
            (Presented::AccessToken(token), _) => self.verify_external_access_token(client, token, journal).await,
        }
    }
}

impl fmt::Debug for Presented<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::IdToken { .. } => "IdToken([redacted])",
            Self::Credential(_) => "Credential([redacted])",
            Self::AccessToken(_) => "AccessToken([redacted])",
        })
    }
}
