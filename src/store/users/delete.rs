//! Deletes an account.

use crate::accounts::{AuditEvent, ClientInfo, EmailKind, RevokedAccess, UserId};
use crate::store::audit::context::AuditContext;
use crate::store::audit::events::note;
use crate::store::email::message::queue_to_user;
use crate::store::engine::database::Database;
use crate::store::error::StoreError;
use crate::store::sessions::end::is_open;
use crate::store::sessions::rows::SessionVersion;
use crate::store::users::identities::unlink_all;
use crate::store::users::queries::user;

impl Database {
    /// Deletes a user with all their data, queues the revocation of their grants, and confirms by an email that lists
    /// `revoked_access`. One event without a user remains. False when there is no such user.
    ///
    /// # Errors
    /// [`StoreError`]: nothing has changed then.
    pub async fn delete_user(
        &self,
        id: UserId,
        here: SessionVersion<'_>,
        revoked_access: Vec<RevokedAccess>,
        audit: &AuditContext,
    ) -> Result<bool, StoreError> {
        self.retried(|| self.delete_user_once(id, here, revoked_access.clone(), audit)).await
    }

    async fn delete_user_once(
        &self,
        id: UserId,
        here: SessionVersion<'_>,
        revoked_access: Vec<RevokedAccess>,
        audit: &AuditContext,
    ) -> Result<bool, StoreError> {
        let mut write = self.write_as(id).await?;
        let Some(user) = user(write.connection(), id).await? else { return Ok(false) };
        if !is_open(write.connection(), id, here).await? {
            return Ok(false);
        }
        // Queues the revocations, which outlive the user's rows.
        unlink_all(&mut write, id, audit.now).await?;
        self.revocation_cache.user(id);
        for statement in [
            "DELETE FROM events WHERE user_id = $1",
            "DELETE FROM outbox WHERE user_id = $1 AND kind = 'email'",
            "DELETE FROM used_flows WHERE user_id = $1",
            // Sessions, the password and email links go by ON DELETE CASCADE.
            "DELETE FROM users WHERE id = $1",
        ] {
            sqlx::query(statement).bind(id.to_string()).execute(write.connection()).await?;
        }
        let kind = EmailKind::AccountDeleted { revoked_access };
        queue_to_user(write.connection(), &self.sealer, &user, kind, audit).await?;
        let no_request = AuditContext { client: ClientInfo::default(), now: audit.now };
        note(write.connection(), &no_request, None, &AuditEvent::AccountDeleted).await?;
        write.commit().await?;
        Ok(true)
    }
}
