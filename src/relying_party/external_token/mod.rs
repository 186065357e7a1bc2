//! What a front end brings that has signed somebody in by itself: an id_token, or an access token that the provider says
//! was given to a client of ours. Either comes down to a profile, or to nothing.

mod access_token;
mod error;
mod id_token;
mod single_use;

use std::{fmt, time::Duration};

use secrecy::SecretString;

pub use error::ExternalTokenError;
pub use single_use::{SingleUse, single_use};

use super::{Journal, RelyingParty};
use crate::{
    oidc::NonceRule,
    providers::{IdentitySource, Profile},
};

/// For all that is asked of the provider together. A front end waits, and is told in less than five seconds to come
/// again (threat PA13).
const DEADLINE: Duration = Duration::from_secs(4);

/// What a front end brings.
pub enum Presented<'a> {
    /// An id_token.
    IdToken {
        /// As the provider gave it.
        token: &'a str,
        /// Equals the nonce that we gave to this device; any other rule where none is asked for. The caller has to see to it
        /// that the token counts once ([`single_use()`]).
        nonce: NonceRule<'a>,
    },
    /// An access token.
    AccessToken(&'a SecretString),
}

impl RelyingParty {
    /// Who somebody is, from what a front end brings. Nothing in it decides who is asked: keys, check and userinfo are
    /// the configured provider's, and whatever can be refused without asking is. Ends within four seconds.
    ///
    /// # Errors
    /// [`ExternalTokenError`]: the first check that fails, or the provider's silence, which is never an answer.
    pub async fn verify_external_token(
        &self,
        slug: &str,
        brought: Presented<'_>,
        journal: &mut Journal,
    ) -> Result<Profile, ExternalTokenError> {
        let steps = self.verify_step_by_step(slug, brought, journal);
        tokio::time::timeout(DEADLINE, steps).await.unwrap_or_else(|_| {
            tracing::warn!(provider = slug, "a token could not be verified in time");
            Err(ExternalTokenError::Unavailable { retry_after: None })
        })
    }

    async fn verify_step_by_step(
        &self,
        slug: &str,
        brought: Presented<'_>,
        journal: &mut Journal,
    ) -> Result<Profile, ExternalTokenError> {
        let client = self.client(slug).ok_or(ExternalTokenError::UnknownProvider)?;
        match (brought, &client.provider.spec.identity) {
            (Presented::IdToken { .. }, IdentitySource::Api(_)) => Err(ExternalTokenError::NoIdTokens),
            (Presented::IdToken { token, nonce }, IdentitySource::IdToken(spec)) => {
                self.verify_external_id_token(client, spec, token, nonce, journal).await
            }
            (Presented::AccessToken(token), _) => self.verify_external_access_token(client, token, journal).await,
        }
    }
}

impl fmt::Debug for Presented<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::IdToken { .. } => "IdToken([redacted])",
            Self::AccessToken(_) => "AccessToken([redacted])",
        })
    }
}
