//! Checks a grant, and refreshes its tokens when they are about to expire.

use time::{Duration, OffsetDateTime};

use super::{ApiScope, GrantError, Granted, Grants, single_flight::RefreshOutcome};
use crate::{
    accounts::Identity,
    store::{FoundGrant, GrantEndReason, OpenGrant},
};

/// A token with less time left is refreshed before use.
const MARGIN: Duration = Duration::seconds(60);

impl Grants {
    /// The capability to call the API of the scope `S` for an identity, with a token that is refreshed if necessary. The caller
    /// has checked that the identity belongs to the user of the request.
    pub async fn take<S: ApiScope>(&self, identity: &Identity) -> Result<Granted<S>, GrantError> {
        if !self.is_offered::<S>(identity) {
            return Err(GrantError::NotGranted);
        }
        let open = self.open::<S>(identity).await?;
        let now = self.clock.date();
        let open = match TokenState::of(&open, now) {
            TokenState::Valid => open,
            // It may expire on the way, and cannot be refreshed.
            TokenState::ExpiresSoon if open.refresh_token.is_none() => open,
            state => match self.renew(identity, open.generation, GrantEndReason::Expired).await {
                RefreshOutcome::Changed => {
                    let renewed = self.open::<S>(identity).await?;
                    if TokenState::of(&renewed, now) == TokenState::Expired {
                        Err(GrantError::Unavailable)?
                    } else {
                        renewed
                    }
                }
                RefreshOutcome::Failed if state == TokenState::ExpiresSoon => open,
                RefreshOutcome::Failed => return Err(GrantError::Unavailable),
            },
        };
        if let Err(error) = self.database.grant_used(identity.id, &open, now).await {
            tracing::debug!(%error, "could not record the use of a grant");
        }
        Ok(Granted::new(identity.clone(), open))
    }

    /// The grant of an identity, if it includes `S`.
    pub(super) async fn open<S: ApiScope>(&self, identity: &Identity) -> Result<OpenGrant, GrantError> {
        match self.database.open_grant(identity).await? {
            FoundGrant::Live(open) if open.scopes.contains(S::SCOPE) => Ok(*open),
            FoundGrant::Live(open) if open.agreed.contains(S::SCOPE) => Err(GrantError::Withdrawn),
            FoundGrant::Live(_) | FoundGrant::None => Err(GrantError::NotGranted),
            FoundGrant::Lost(because) => Err(GrantError::Lost(because)),
            FoundGrant::Unreadable => {
                tracing::error!(identity = %identity.id, "tokens are sealed with a key that is missing from SECRET_KEY");
                Err(GrantError::Unreadable)
            }
        }
    }

    /// Whether the identity's provider is configured, has the same issuer, and offers the API.
    fn is_offered<S: ApiScope>(&self, identity: &Identity) -> bool {
        let provider = self.relying_party.provider(&identity.provider);
        provider.is_some_and(|known| known.metadata.issuer() == identity.key.issuer() && known.offers(S::ACCESS))
    }
}

/// An access token, by its remaining lifetime.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum TokenState {
    Valid,
    /// Less than [`MARGIN`].
    ExpiresSoon,
    Expired,
}

impl TokenState {
    /// Without an expiry the token is used until the API rejects it.
    fn of(open: &OpenGrant, now: OffsetDateTime) -> Self {
        match open.access_expires_at {
            Some(at) if at <= now => Self::Expired,
            Some(at) if at <= now + MARGIN => Self::ExpiresSoon,
            _ => Self::Valid,
        }
    }
}
