//! Tokens that their provider is to forget, and has not yet.

use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use sqlx::AnyConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use super::database::Database;
use super::error::StoreError;
use super::outbox::{NewRow, Queued, put};
use super::write::Write;
use crate::accounts::{Identity, IdentityId, IdentityKey};

const REVOCATION: &str = "revocation";

/// A revocation out of the queue.
#[derive(Clone, Debug)]
pub struct QueuedRevocation {
    /// The row's id.
    pub id: Uuid,
    /// What is to be forgotten.
    pub revocation: Revocation,
    /// How often it has failed.
    pub attempts: u32,
    /// When it was queued.
    pub created_at: OffsetDateTime,
}

/// A token that its provider is to forget.
#[derive(Clone, Debug)]
pub struct Revocation {
    /// The provider's slug.
    pub provider: String,
    /// The issuer that gave it: another one is not shown it, should the slug be another's by now.
    pub issuer: String,
    /// The identity that it was of. It may be gone.
    pub identity: IdentityId,
    /// The token.
    pub token: SecretString,
    /// Whether it is a refresh token; otherwise it is an access token.
    pub refresh: bool,
}

/// The same as the row holds it.
#[derive(Serialize, Deserialize)]
struct Content {
    provider: String,
    issuer: String,
    identity: String,
    token: String,
    refresh: bool,
}

impl Database {
    /// Takes at most `limit` revocations that are due, as letters are taken: leased until `now + lease`.
    ///
    /// # Errors
    /// As every query: [`StoreError`].
    pub async fn take_due_revocations(
        &self,
        now: OffsetDateTime,
        lease: Duration,
        limit: u32,
    ) -> Result<Vec<QueuedRevocation>, StoreError> {
        let queued = self.take_due::<Content>(REVOCATION, now, lease, limit).await?;
        queued.into_iter().map(QueuedRevocation::try_from).collect()
    }

    /// The provider has forgotten the token: the row goes, and the grant's history says so.
    ///
    /// # Errors
    /// As every query: [`StoreError`]. The token is revoked once more then, which changes nothing.
    pub async fn revoked(&self, queued: &QueuedRevocation, now: OffsetDateTime) -> Result<(), StoreError> {
        let mut write = self.write().await?;
        let gone = sqlx::query("DELETE FROM outbox WHERE id = $1")
            .bind(queued.id.to_string())
            .execute(write.connection())
            .await?;
        // Not where the row went because the account was connected anew meanwhile.
        if gone.rows_affected() == 1 {
            sqlx::query("UPDATE grants SET revoked_at = $2 WHERE identity_id = $1 AND ended_at IS NOT NULL")
                .bind(queued.revocation.identity.to_string())
                .bind(now.unix_timestamp())
                .execute(write.connection())
                .await?;
        }
        write.commit().await
    }

    /// The provider did not confirm: due again at `again_at`, or given up, when the row goes.
    ///
    /// # Errors
    /// As every query: [`StoreError`]. It is due again at the end of its lease then.
    pub async fn not_revoked(&self, id: Uuid, again_at: Option<OffsetDateTime>) -> Result<(), StoreError> {
        self.not_sent(id, again_at).await
    }
}

/// Queues the revocation of a token as part of the transaction that forgets it here. It names no user: it outlives them.
pub(super) async fn queue_revocation(
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
    let row = NewRow { kind: REVOCATION, user: None, about: Some(&about), content: &content, due_at };
    let sealer = write.sealer();
    let id = put(write.connection(), sealer, &row, now).await?;
    Queued { id, content, attempts: 0, created_at: now }.try_into()
}

/// Drops what waits to be revoked of an account at the provider that is connected anew: a provider that revokes all of a
/// person's tokens at once would take back what it just gave. Whoever the account belonged to here.
pub(super) async fn cancel_revocations(connection: &mut AnyConnection, key: &IdentityKey) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM outbox WHERE kind = $1 AND about = $2")
        .bind(REVOCATION)
        .bind(about(key))
        .execute(connection)
        .await?;
    Ok(())
}

/// How often the revocation of an account has failed that still waits; `None` where none waits.
pub(super) async fn waiting_revocation(
    connection: &mut AnyConnection,
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

/// What the queue knows an account at a provider by. A hash: the row may outlive the person's account here.
fn about(key: &IdentityKey) -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, format!("{}\0{}", key.issuer(), key.subject()).as_bytes()))
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
