//! Deletes an account.

use crate::accounts::{AuditEvent, ClientInfo, EmailKind, RevokedAccess, SessionEnd, User, UserId};
use crate::store::account::change::{Begun, ChangeError};
use crate::store::audit::context::AuditContext;
use crate::store::audit::events::note;
use crate::store::email::message::queue_to_user;
use crate::store::engine::database::Database;
use crate::store::engine::write::Write;
use crate::store::error::StoreError;
use crate::store::sessions::ended::note_ends;
use crate::store::sessions::rows::SessionVersion;
use crate::store::users::identities::unlink_all;

impl Database {
    /// Deletes a user with all their data, queues the revocation of their grants, and confirms by an email that lists
    /// `revoked_access`. One event without a user remains.
    ///
    /// # Errors
    /// [`ChangeError`]: nothing has changed then.
    pub async fn delete_user(
        &self,
        id: UserId,
        here: SessionVersion<'_>,
        revoked_access: Vec<RevokedAccess>,
        audit: &AuditContext,
    ) -> Result<(), ChangeError> {
        self.retried(|| self.delete_user_once(id, here, revoked_access.clone(), audit)).await
    }

    async fn delete_user_once(
        &self,
        id: UserId,
        here: SessionVersion<'_>,
        revoked_access: Vec<RevokedAccess>,
        audit: &AuditContext,
    ) -> Result<(), ChangeError> {
        let Begun { mut write, user } = self.begin_as(id, here).await?;
        erase(&mut write, &user, EmailKind::AccountDeleted { revoked_access }, audit).await?;
        write.commit().await?;
        Ok(())
    }
}

/// Deletes a user with all their data, and queues the revocations and the email that announces it.
pub(in crate::store) async fn erase(
    write: &mut Write<'_>,
    user: &User,
    announcement: EmailKind,
    audit: &AuditContext,
) -> Result<(), StoreError> {
    // Queues the revocations, which outlive the user's rows.
    unlink_all(write, user.id, audit.now).await?;
    note_ends(write.connection(), user.id, None, SessionEnd::Deleted, audit.now).await?;
    write.revocation_cache().user(user.id);
    for statement in [
        "DELETE FROM events WHERE user_id = $1",
        "DELETE FROM outbox WHERE user_id = $1 AND kind = 'email'",
        // Sessions, the password and email links go by ON DELETE CASCADE.
        "DELETE FROM users WHERE id = $1",
    ] {
        sqlx::query(statement).bind(user.id.to_string()).execute(write.connection()).await?;
    }
    let sealer = write.sealer();
    queue_to_user(write.connection(), sealer, user, announcement, audit).await?;
    // Whose account it was and from where is not kept; who deleted it is.
    let client = ClientInfo { actor: audit.client.actor, ..ClientInfo::default() };
    let no_request = AuditContext { client, now: audit.now };
    note(write.connection(), &no_request, None, &AuditEvent::AccountDeleted).await
}
