//! A grant ends: because the person says so, or because what it hangs on goes.
//!
//! The tokens are deleted here in every case, at once. What their provider is to do goes into the outbox in the same
//! transaction, so that it is told even if it does not answer now.

use std::time::Duration;

use secrecy::SecretString;
use time::OffsetDateTime;

use super::audit_context::AuditContext;
use super::database::Database;
use super::error::StoreError;
use super::events::note;
use super::grants::{DISCONNECTED, GrantPlace, SealedTokens};
use super::identities::identities_of;
use super::revocations::{QueuedRevocation, queue_revocation};
use super::write::Write;
use crate::accounts::{Identity, IdentityId, UserId};

/// A grant that a person ended.
#[derive(Debug)]
pub struct DisconnectedGrant {
    /// What the provider is to forget, leased to the caller. `None` where there was nothing to revoke, or nothing that we
    /// could read.
    pub revocation: Option<QueuedRevocation>,
}

impl Database {
    /// Ends a user's grant of an identity: the tokens are deleted, the row stays as history. The provider is to forget them:
    /// the caller may try at once, until `audit.now + lease`; then it is anybody's. `None` when there is no such grant
    /// that has not been disconnected already.
    ///
    /// # Errors
    /// As every query: [`StoreError`]; nothing has changed then.
    pub async fn disconnect_grant(
        &self,
        user: UserId,
        identity: IdentityId,
        lease: Duration,
        audit: &AuditContext,
    ) -> Result<Option<DisconnectedGrant>, StoreError> {
        let now = audit.now;
        let mut write = self.write_as(user).await?;
        let identities = identities_of(write.connection(), user).await?;
        let Some(identity) = identities.iter().find(|other| other.id == identity) else { return Ok(None) };
        let revocation = match take_tokens(&mut write, identity, None).await? {
            Some(taken) => {
                let queued = queue_taken(&mut write, identity, &taken, now, now + lease).await?;
                end(&mut write, identity.id, DISCONNECTED, Word::Missing, now).await?;
                queued
            }
            None if forget_loss(&mut write, identity).await? => None,
            None => return Ok(None),
        };
        let provider = Some(identity.provider.as_str());
        note(write.connection(), audit, "grant", Some(user), provider, DISCONNECTED, &[]).await?;
        write.commit().await?;
        Ok(Some(DisconnectedGrant { revocation }))
    }
}

/// The tokens of a grant that is to end.
pub(super) enum Taken {
    /// What its provider can be told to forget.
    Tokens { access_token: SecretString, refresh_token: Option<SecretString> },
    /// Sealed with a key that we do not have.
    Unreadable,
}

/// Takes the tokens out of a live grant, of this generation or of any. From then on until the end of the transaction
/// nobody else writes to its row: what renews it meanwhile finds another generation. `None` when there is no live grant.
pub(super) async fn take_tokens(
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

/// Queues the revocation of taken tokens, due at `due_at`. The refresh token's, where there is one: with it go the access
/// tokens (RFC 7009 §2.1).
pub(super) async fn queue_taken(
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
            tracing::warn!(identity = %identity.id, "tokens that no key of ours opens cannot be revoked");
            return Ok(None);
        }
    };
    queue_revocation(write, identity, token, refresh, now, due_at).await.map(Some)
}

/// The provider's word that tokens are worth nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Word {
    /// It has said so.
    Given,
    /// It has not, or not yet.
    Missing,
}

/// Ends a grant whose tokens were taken: they go, the row stays as history.
pub(super) async fn end(
    write: &mut Write<'_>,
    identity: IdentityId,
    because: &'static str,
    word: Word,
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
    .bind((word == Word::Given).then_some(now))
    .execute(write.connection())
    .await?;
    Ok(())
}

/// Ends the grant of an identity that is about to go, and queues its revocation. The row goes with the identity's.
pub(super) async fn give_up_grant(
    write: &mut Write<'_>,
    identity: &Identity,
    now: OffsetDateTime,
) -> Result<(), StoreError> {
    if let Some(taken) = take_tokens(write, identity, None).await? {
        queue_taken(write, identity, &taken, now, now).await?;
    }
    Ok(())
}

/// A grant that ended by itself, and that the person wants to hear no more of. There is nothing to revoke: its tokens are
/// worth nothing, or their revocation is queued. What the provider said of them stays as it is. False when there is none.
async fn forget_loss(write: &mut Write<'_>, identity: &Identity) -> Result<bool, StoreError> {
    let changed = sqlx::query(
        "UPDATE grants SET ended_because = $2 WHERE identity_id = $1 AND ended_at IS NOT NULL AND ended_because <> $2",
    )
    .bind(identity.id.to_string())
    .bind(DISCONNECTED)
    .execute(write.connection())
    .await?;
    Ok(changed.rows_affected() == 1)
}
