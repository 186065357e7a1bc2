//! Pending token revocations (RFC 7009).

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::accounts::{Identity, IdentityId, IdentityKey};
use crate::sealing::sha256_base64url;
use crate::store::engine::connection::Connection;
use crate::store::engine::database::Database;
use crate::store::engine::write::Write;
use crate::store::error::StoreError;
use crate::store::outbox::{NewRow, Queued, put};

const REVOCATION: &str = "revocation";

#[derive(Clone, Debug)]
pub struct QueuedRevocation {
    pub id: Uuid,
    pub revocation: Revocation,
    /// Failed attempts.
    pub attempts: u32,
    pub created_at: OffsetDateTime,
}

#[derive(Clone, Debug)]
pub struct Revocation {
    /// The provider's slug.
    pub provider: String,
    /// The token is sent to this issuer only, even if the slug has been reassigned.
    pub issuer: String,
    /// The identity may be gone.
    pub identity: IdentityId,
    pub token: SecretString,
    /// Whether it is a refresh token; else an access token.
    pub refresh: bool,
}

/// The sealed content of a row.
#[derive(Serialize, Deserialize)]
struct Content {
    provider: String,
    issuer: String,
    identity: String,
    token: String,
    refresh: bool,
}

impl Database {
    /// Leases at most `limit` due revocations until `now + lease`.
    pub async fn take_due_revocations(
        &self,
        now: OffsetDateTime,
        lease: Duration,
        limit: u32,
    ) -> Result<Vec<QueuedRevocation>, StoreError> {
        let queued = self.take_due::<Content>(REVOCATION, now, lease, limit).await?;
        queued.into_iter().map(QueuedRevocation::try_from).collect()
    }

    /// Deletes the row and records the confirmation in the grant's history.
    ///
    /// # Errors
    /// [`StoreError`]: the token is revoked once more then, which is harmless.
    pub async fn revoked(&self, queued: &QueuedRevocation, now: OffsetDateTime) -> Result<(), StoreError> {
        let mut write = self.write().await?;
        let gone = sqlx::query("DELETE FROM outbox WHERE id = $1")
            .bind(queued.id.to_string())
            .execute(write.connection())
            .await?;
        // The row is gone if the account was connected again meanwhile.
        if gone.rows_affected() == 1 {
            sqlx::query("UPDATE grants SET revoked_at = $2 WHERE identity_id = $1 AND ended_at IS NOT NULL")
                .bind(queued.revocation.identity.to_string())
                .bind(now.unix_timestamp())
                .execute(write.connection())
                .await?;
        }
        write.commit().await
    }

    /// Due again at `again_at`; `None` gives the revocation up.
    ///
    /// # Errors
    /// [`StoreError`]: it is due again at the end of its lease then.
    pub async fn not_revoked(&self, id: Uuid, again_at: Option<OffsetDateTime>) -> Result<(), StoreError> {
        self.not_sent(id, again_at).await
    }
}

/// Names no user, as it outlives them.
pub(in crate::store) async fn queue_revocation(
    write: &mut Write<'_>,
    identity: &Identity,
    token: &SecretString,
    refresh: bool,
    now: OffsetDateTime,
    due_at: OffsetDateTime,
) -> Result<QueuedRevocation, StoreError> {
    let content = Content {
        provider: identity.provider.clone(),
        issuer: identity.key.issuer().to_owned(),
        identity: identity.id.to_string(),
        token: token.expose_secret().to_owned(),
        refresh,
    };
    let about = about(&identity.key);
    let row = NewRow { kind: REVOCATION, user: None, about: Some(&about), content: &content, priority: 0, due_at };
    let sealer = write.sealer();
    let id = put(write.connection(), sealer, &row, now).await?;
    Queued { id, content, attempts: 0, created_at: now }.try_into()
}

/// Cancels pending revocations of an account that is connected again: a provider that revokes all tokens of an account
/// together would revoke the new grant, too.
pub(in crate::store) async fn cancel_revocations(
    connection: &mut Connection,
    key: &IdentityKey,
) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM outbox WHERE kind = $1 AND about = $2")
        .bind(REVOCATION)
        .bind(about(key))
        .execute(connection)
        .await?;
    Ok(())
}

/// Failed attempts of the account's pending revocation; `None` without one.
pub(in crate::store) async fn waiting_revocation(
    connection: &mut Connection,
    key: &IdentityKey,
) -> Result<Option<u32>, StoreError> {
    let row: Option<(i64,)> =
        sqlx::query_as("SELECT attempts FROM outbox WHERE kind = $1 AND about = $2 ORDER BY id DESC LIMIT 1")
            .bind(REVOCATION)
            .bind(about(key))
            .fetch_optional(connection)
            .await?;
    Ok(row.map(|(attempts,)| u32::try_from(attempts).unwrap_or(u32::MAX)))
}

/// A hash of the account at the provider, as the row may outlive the user.
fn about(key: &IdentityKey) -> String {
    sha256_base64url(format!("{}\0{}", key.issuer(), key.subject()))
}

impl TryFrom<Queued<Content>> for QueuedRevocation {
    type Error = StoreError;

    fn try_from(row: Queued<Content>) -> Result<Self, StoreError> {
        let Content { provider, issuer, identity, token, refresh } = row.content;
        let identity = IdentityId::parse(&identity)?;
        Ok(Self {
            id: row.id,
            revocation: Revocation { provider, issuer, identity, token: token.into(), refresh },
            attempts: row.attempts,
            created_at: row.created_at,
        })
    }
}
