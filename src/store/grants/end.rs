//! Ends grants: the user disconnects, or the identity goes.
//!
//! The tokens are deleted at once, and their revocation is queued in the same transaction, so that it happens even if
//! the provider does not answer now.

use std::time::Duration;

use secrecy::SecretString;
use time::OffsetDateTime;

use crate::accounts::{AuditEvent, GrantEnd, Identity, IdentityId, UserId};
use crate::store::account::change::ChangeError;
use crate::store::audit::context::AuditContext;
use crate::store::audit::events::note;
use crate::store::engine::database::Database;
use crate::store::engine::write::Write;
use crate::store::error::StoreError;
use crate::store::grants::revocations::{QueuedRevocation, queue_revocation};
use crate::store::grants::sealed::{GrantPlace, SealedTokens};
use crate::store::grants::types::DISCONNECTED;
use crate::store::sessions::rows::SessionVersion;
use crate::store::users::identities::identities_of;

#[derive(Debug)]
pub struct DisconnectedGrant {
    /// Leased to the caller. `None` where there was nothing to revoke, or the tokens were unreadable.
    pub revocation: Option<QueuedRevocation>,
}

impl Database {
    /// Ends a grant: deletes the tokens and keeps the row as history. The caller may try the revocation until
    /// `audit.now + lease`; then any worker takes it.
    ///
    /// # Errors
    /// [`ChangeError`]: nothing has changed then. [`ChangeError::NotFound`] if there is no grant, or it is disconnected already.
    pub async fn disconnect_grant(
        &self,
        user: UserId,
        identity: IdentityId,
        here: SessionVersion<'_>,
        lease: Duration,
        audit: &AuditContext,
    ) -> Result<DisconnectedGrant, ChangeError> {
        let now = audit.now;
        let mut write = self.begin_as(user, here).await?.write;
        let identities = identities_of(write.connection(), user).await?;
        let Some(identity) = identities.iter().find(|other| other.id == identity) else {
            return Err(ChangeError::NotFound);
        };
        let revocation = match take_tokens(&mut write, identity, None).await? {
            Some(taken) => {
                let queued = queue_taken(&mut write, identity, &taken, now, now + lease).await?;
                end(&mut write, identity.id, DISCONNECTED, Confirmation::Missing, now).await?;
                queued
            }
            None if dismiss_lost(&mut write, identity).await? => None,
            None => return Err(ChangeError::NotFound),
        };
        let event = AuditEvent::GrantEnded { provider: identity.provider.clone(), end: GrantEnd::Disconnected };
        note(write.connection(), audit, Some(user), &event).await?;
        write.commit().await?;
        Ok(DisconnectedGrant { revocation })
    }
}

pub(in crate::store) enum Taken {
    Tokens {
        access_token: SecretString,
        refresh_token: Option<SecretString>,
    },
    /// Sealed with an unknown key.
    Unreadable,
}

/// Locks a live grant and returns its tokens; `generation` of `None` accepts any. A concurrent refresh finds another
/// generation. `None` when there is no live grant.
pub(in crate::store) async fn take_tokens(
    write: &mut Write<'_>,
    identity: &Identity,
    generation: Option<i64>,
) -> Result<Option<Taken>, StoreError> {
    let row: Option<(Option<String>, Option<String>)> = sqlx::query_as(
        "UPDATE grants SET generation = generation + 1, refreshing_until = NULL \
         WHERE identity_id = $1 AND ended_at IS NULL AND generation = COALESCE($2, generation) \
         RETURNING access_token, refresh_token",
    )
    .bind(identity.id.to_string())
    .bind(generation)
    .fetch_optional(write.connection())
    .await?;
    let Some((access_token, refresh_token)) = row else { return Ok(None) };
    let access_token = access_token.ok_or_else(|| StoreError::Corrupt("grants.access_token".into()))?;
    let sealed = SealedTokens { access_token, refresh_token };
    Ok(Some(match sealed.open(write.sealer(), GrantPlace::of(identity)) {
        Some((access_token, refresh_token)) => Taken::Tokens { access_token, refresh_token },
        None => Taken::Unreadable,
    }))
}

/// Queues the revocation of the refresh token, which covers its access tokens (RFC 7009 §2.1), or else of the access
/// token.
pub(in crate::store) async fn queue_taken(
    write: &mut Write<'_>,
    identity: &Identity,
    taken: &Taken,
    now: OffsetDateTime,
    due_at: OffsetDateTime,
) -> Result<Option<QueuedRevocation>, StoreError> {
    let (token, refresh) = match taken {
        Taken::Tokens { refresh_token: Some(token), .. } => (token, true),
        Taken::Tokens { access_token, refresh_token: None } => (access_token, false),
        Taken::Unreadable => {
            tracing::warn!(identity = %identity.id, "cannot revoke: token was sealed with an unknown key");
            return Ok(None);
        }
    };
    queue_revocation(write, identity, token, refresh, now, due_at).await.map(Some)
}

/// Whether the provider has confirmed that the tokens are invalid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) enum Confirmation {
    Received,
    Missing,
}

/// Deletes the tokens and keeps the row as history.
pub(in crate::store) async fn end(
    write: &mut Write<'_>,
    identity: IdentityId,
    because: &'static str,
    confirmation: Confirmation,
    now: OffsetDateTime,
) -> Result<(), StoreError> {
    let now = now.unix_timestamp();
    sqlx::query(
        "UPDATE grants SET access_token = NULL, refresh_token = NULL, access_expires_at = NULL, ended_at = $2, \
         ended_because = $3, revoked_at = $4 WHERE identity_id = $1",
    )
    .bind(identity.to_string())
    .bind(now)
    .bind(because)
    .bind((confirmation == Confirmation::Received).then_some(now))
    .execute(write.connection())
    .await?;
    Ok(())
}

/// Queues the revocation of an identity's grant. The row is deleted with the identity.
pub(in crate::store) async fn revoke_grant(
    write: &mut Write<'_>,
    identity: &Identity,
    now: OffsetDateTime,
) -> Result<(), StoreError> {
    if let Some(taken) = take_tokens(write, identity, None).await? {
        queue_taken(write, identity, &taken, now, now).await?;
    }
    Ok(())
}

/// Marks a lost grant as disconnected. There is nothing to revoke: the tokens are invalid, or their revocation is
/// queued. False when there is none.
async fn dismiss_lost(write: &mut Write<'_>, identity: &Identity) -> Result<bool, StoreError> {
    let changed = sqlx::query(
        "UPDATE grants SET ended_because = $2 WHERE identity_id = $1 AND ended_at IS NOT NULL AND ended_because <> $2",
    )
    .bind(identity.id.to_string())
    .bind(DISCONNECTED)
    .execute(write.connection())
    .await?;
    Ok(changed.rows_affected() == 1)
}
