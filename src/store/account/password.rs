//! A signed-in user sets or changes their password.

use crate::accounts::{AuditEvent, EmailKind, PasswordHash, SessionEnd, UserId};
use crate::store::account::announce::undo_link;
use crate::store::account::change::{Begun, ChangeError, require_room_for_undo};
use crate::store::audit::context::AuditContext;
use crate::store::audit::events::note;
use crate::store::email::links::UndoStep;
use crate::store::email::message::queue_to_user;
use crate::store::engine::database::Database;
use crate::store::sessions::rows::SessionVersion;
use crate::store::users::passwords::{password_of, put_password};

impl Database {
    /// Sets or changes the password. Other sessions end.
    ///
    /// # Errors
    /// [`ChangeError`]: nothing has changed then.
    pub async fn set_password(
        &self,
        id: UserId,
        password: &PasswordHash,
        here: SessionVersion<'_>,
        audit: &AuditContext,
    ) -> Result<(), ChangeError> {
        let Begun { mut write, user } = self.begin_as(id, here).await?;
        let Some(email) = user.verified_email.clone() else { return Err(ChangeError::EmailNeeded) };
        require_room_for_undo(&mut write, id, audit.now).await?;
        let first = password_of(write.connection(), id).await?.is_none();
        put_password(write.connection(), id, password, audit.now).await?;
        self.credential_changed(&mut write, id, here.id, SessionEnd::PasswordChanged, audit.now).await?;
        let undo = undo_link(&mut write, id, email.email(), UndoStep::PasswordChanged, audit).await?;
        queue_to_user(write.connection(), &self.sealer, &user, EmailKind::PasswordChanged { first, undo }, audit)
            .await?;
        note(write.connection(), audit, Some(id), &AuditEvent::PasswordChanged { first }).await?;
        write.commit().await?;
        Ok(())
    }
}
