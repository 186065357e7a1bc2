//! A person's data, to take along, and the end of an account.

use serde::Serialize;
use sqlx::FromRow;

use super::audit_context::AuditContext;
use super::database::Database;
use super::emails::queue_to_user;
use super::error::StoreError;
use super::events::note;
use super::identities::unlink_all;
use super::users::user;
use crate::accounts::{EmailKind, RevokedAccess, UserId};

/// Something that happened to an account, as it was written down.
#[derive(Clone, Debug, PartialEq, Eq, FromRow, Serialize)]
pub struct PastEvent {
    /// Its id.
    pub id: String,
    /// Unix seconds.
    pub at: i64,
    /// What was going on.
    pub kind: String,
    /// A provider's slug, or `password`.
    pub provider: Option<String>,
    /// How it ended: the code of a decision, a change or a refusal.
    pub outcome: String,
    /// JSON list of the reasons' codes.
    pub reasons: String,
    /// The client's address.
    pub address: Option<String>,
    /// The browser's own description.
    pub user_agent: Option<String>,
}

impl Database {
    /// What happened to an account, the newest first.
    ///
    /// # Errors
    /// As every query: [`StoreError`].
    pub async fn events_of(&self, user: UserId, limit: u32) -> Result<Vec<PastEvent>, StoreError> {
        let events = sqlx::query_as(
            "SELECT id, at, kind, provider, outcome, reasons, address, user_agent FROM events \
             WHERE user_id = $1 ORDER BY at DESC, id DESC LIMIT $2",
        )
        .bind(user.to_string())
        .bind(i64::from(limit))
        .fetch_all(&self.pool)
        .await?;
        Ok(events)
    }

    /// Deletes a user with everything that is theirs. One event stays that names nobody, one letter goes out, and what
    /// providers let us see is given back there; the letter says so of `revoked_access`.
    /// False when there is no such user.
    ///
    /// # Errors
    /// As every query: [`StoreError`]; nothing has changed then.
    pub async fn delete_user(
        &self,
        id: UserId,
        revoked_access: Vec<RevokedAccess>,
        audit: &AuditContext,
    ) -> Result<bool, StoreError> {
        let mut write = self.write_as(id).await?;
        let Some(user) = user(write.connection(), id).await? else { return Ok(false) };
        // Their providers are told, whatever becomes of the rows here.
        unlink_all(&mut write, id, audit.now).await?;
        self.revocation_cache.user(id);
        for statement in [
            "DELETE FROM events WHERE user_id = $1",
            "DELETE FROM outbox WHERE user_id = $1 AND kind = 'letter'",
            "DELETE FROM used_flows WHERE user_id = $1",
            // Sessions, the password and the links of letters go along.
            "DELETE FROM users WHERE id = $1",
        ] {
            sqlx::query(statement).bind(id.to_string()).execute(write.connection()).await?;
        }
        let matter = EmailKind::AccountDeleted { revoked_access };
        queue_to_user(write.connection(), &self.sealer, &user, matter, audit).await?;
        let nobody = AuditContext { client: Default::default(), now: audit.now };
        note(write.connection(), &nobody, "account", None, None, "deleted", &[]).await?;
        write.commit().await?;
        Ok(true)
    }
}
