//! The proof that an API may be asked.

use time::{Duration, OffsetDateTime};

use super::{ApiScope, GrantError, Granted, Grants, single_flight::RefreshOutcome};
use crate::{
    accounts::Identity,
    store::{FoundGrant, GrantEndReason, OpenGrant},
};

/// A token with less left than this is renewed before it is used: it must not run out on the way.
const MARGIN: Duration = Duration::seconds(60);

impl Grants {
    /// The proof that the scope `S` is granted for an identity, with a token that lives; it is renewed where it has to be,
    /// once for all who need it at the moment. The identity's user is the one who asks: who that is, the caller knows.
    ///
    /// # Errors
    /// [`GrantError`], but for those that only an API can be the cause of.
    pub async fn take<S: ApiScope>(&self, identity: &Identity) -> Result<Granted<S>, GrantError> {
        if !self.is_offered::<S>(identity) {
            return Err(GrantError::NotGranted);
        }
        let open = self.open::<S>(identity).await?;
        let now = self.clock.date();
        let open = match Life::of(&open, now) {
            Life::Long => open,
            // It may run out on the way, and is all that there is.
            Life::Short if open.refresh_token.is_none() => open,
            life => match self.renew(identity, open.generation, GrantEndReason::Expired).await {
                RefreshOutcome::Changed => {
                    let renewed = self.open::<S>(identity).await?;
                    if Life::of(&renewed, now) == Life::Over { Err(GrantError::Away)? } else { renewed }
                }
                RefreshOutcome::Away if life == Life::Short => open,
                RefreshOutcome::Away => return Err(GrantError::Away),
            },
        };
        if let Err(error) = self.database.grant_used(identity.id, &open, now).await {
            tracing::debug!(%error, "when a grant was of use could not be written down");
        }
        Ok(Granted::new(identity.clone(), open))
    }

    /// The grant of an identity, if it lets us see what `S` stands for.
    pub(super) async fn open<S: ApiScope>(&self, identity: &Identity) -> Result<OpenGrant, GrantError> {
        match self.database.open_grant(identity).await? {
            FoundGrant::Live(open) if open.scopes.contains(S::SCOPE) => Ok(*open),
            FoundGrant::Live(open) if open.agreed.contains(S::SCOPE) => Err(GrantError::Withdrawn),
            FoundGrant::Live(_) | FoundGrant::None => Err(GrantError::NotGranted),
            FoundGrant::Lost(because) => Err(GrantError::Lost(because)),
            FoundGrant::Unreadable => {
                tracing::error!(identity = %identity.id, "tokens were sealed with a key that is not in SECRET_KEY");
                Err(GrantError::Unreadable)
            }
        }
    }

    /// Whether the identity's provider is switched on, still the same, and has what `S` stands for.
    fn is_offered<S: ApiScope>(&self, identity: &Identity) -> bool {
        let provider = self.relying_party.provider(&identity.provider);
        provider.is_some_and(|it| it.metadata.issuer() == identity.key.issuer() && it.offers(S::ACCESS))
    }
}

/// How much is left of an access token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Life {
    Long,
    /// Less than [`MARGIN`].
    Short,
    Over,
}

impl Life {
    /// One of which the provider does not say when it runs out is good until it is refused.
    fn of(open: &OpenGrant, now: OffsetDateTime) -> Self {
        match open.access_expires_at {
            Some(at) if at <= now => Self::Over,
            Some(at) if at <= now + MARGIN => Self::Short,
            _ => Self::Long,
        }
    }
}
