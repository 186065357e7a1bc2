//! A signed-in user sets or changes their password.

use crate::accounts::{AuditEvent, EmailKind, PasswordHash, SessionEnd, UserId};
use crate::store::account::announce::undo_link;
use crate::store::account::change::Changed;
use crate::store::audit::context::AuditContext;
use crate::store::audit::events::note;
use crate::store::email::links::{UndoStep, has_too_many_undo_links};
use crate::store::email::message::queue_to_user;
use crate::store::engine::database::Database;
use crate::store::error::StoreError;
use crate::store::sessions::end::is_open;
use crate::store::sessions::rows::SessionVersion;
use crate::store::users::passwords::{password_of, put_password};
use crate::store::users::queries::user;

impl Database {
    /// Sets or changes the password. Other sessions end.
    ///
    /// # Errors
    /// [`StoreError`]: nothing has changed then.
    pub async fn set_password(
        &self,
        id: UserId,
        password: &PasswordHash,
        here: SessionVersion<'_>,
        audit: &AuditContext,
    ) -> Result<Changed, StoreError> {
        let mut write = self.write_as(id).await?;
        let Some(user) = user(write.connection(), id).await? else { return Ok(Changed::NotFound) };
        if !is_open(write.connection(), id, here).await? {
            return Ok(Changed::SignedOut);
        }
        let Some(email) = user.verified_email.clone() else { return Ok(Changed::EmailNeeded) };
        if has_too_many_undo_links(write.connection(), id, audit.now).await? {
            return Ok(Changed::TooManyChanges);
        }
        let first = password_of(write.connection(), id).await?.is_none();
        put_password(write.connection(), id, password, audit.now).await?;
        self.credential_changed(&mut write, id, here.id, SessionEnd::PasswordChanged, audit.now).await?;
        let undo = undo_link(&mut write, id, email.email(), UndoStep::PasswordChanged, audit).await?;
        queue_to_user(write.connection(), &self.sealer, &user, EmailKind::PasswordChanged { first, undo }, audit)
            .await?;
        note(write.connection(), audit, Some(id), &AuditEvent::PasswordChanged { first }).await?;
        write.commit().await?;
        Ok(Changed::Done)
    }
}
