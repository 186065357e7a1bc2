//! What a front end brings that has signed somebody in by itself: an id_token, or an access token that the provider says
//! was given to a client of ours. Either comes down to a profile, or to nothing.

mod access_token;
mod error;
mod id_token;
mod single_use;

use std::{fmt, time::Duration};

use secrecy::SecretString;

pub use error::VouchError;
pub use single_use::{SingleUse, single_use};

use super::{Journal, RelyingParty};
use crate::{
    oidc::NonceRule,
    providers::{Profile, Who},
};

/// For all that is asked of the provider together. A front end waits, and is told in less than five seconds to come
/// again (threat PA13).
const DEADLINE: Duration = Duration::from_secs(4);

/// What a front end brings.
pub enum Brought<'a> {
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
    /// [`VouchError`]: the first check that fails, or the provider's silence, which is never an answer.
    pub async fn vouch(&self, slug: &str, brought: Brought<'_>, journal: &mut Journal) -> Result<Profile, VouchError> {
        let steps = self.vouch_step_by_step(slug, brought, journal);
        tokio::time::timeout(DEADLINE, steps).await.unwrap_or_else(|_| {
            tracing::warn!(provider = slug, "a token could not be verified in time");
            Err(VouchError::Unavailable { retry_after: None })
        })
    }

    async fn vouch_step_by_step(
        &self,
        slug: &str,
        brought: Brought<'_>,
        journal: &mut Journal,
    ) -> Result<Profile, VouchError> {
        let client = self.client(slug).ok_or(VouchError::UnknownProvider)?;
        match (brought, &client.provider.manners.who) {
            (Brought::IdToken { .. }, Who::Api(_)) => Err(VouchError::NoIdTokens),
            (Brought::IdToken { token, nonce }, Who::IdToken(manners)) => {
                self.vouch_by_id_token(client, manners, token, nonce, journal).await
            }
            (Brought::AccessToken(token), _) => self.vouch_by_access_token(client, token, journal).await,
        }
    }
}

impl fmt::Debug for Brought<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::IdToken { .. } => "IdToken([redacted])",
            Self::AccessToken(_) => "AccessToken([redacted])",
        })
    }
}
