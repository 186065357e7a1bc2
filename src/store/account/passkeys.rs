//! A user's passkeys: added, renamed, removed and used.

use time::OffsetDateTime;

use crate::accounts::{AuditEvent, EmailKind, Passkey, PasskeyId, SessionEnd, User, UserId};
use crate::sealing::random_bytes;
use crate::store::account::announce::undo_link;
use crate::store::account::change::{Begun, ChangeError, require_room_for_undo};
use crate::store::audit::context::AuditContext;
use crate::store::audit::events::note;
use crate::store::email::links::UndoStep;
use crate::store::email::message::queue_to_user;
use crate::store::engine::database::Database;
use crate::store::error::StoreError;
use crate::store::sessions::rows::SessionVersion;
use crate::store::users::passkeys::{count_passkeys, delete_passkey, insert_passkey, passkeys_of, use_passkey};
use crate::store::users::sign_in_methods::has_one_sign_in_method;
use crate::webauthn::{NewCredential, UsedCredential};

impl Database {
    /// Adds a verified credential, at most [`Passkey::MAX_PER_USER`] per user. The email has a link that undoes it.
    ///
    /// # Errors
    /// [`ChangeError`]: nothing has changed then.
    pub async fn add_passkey(
        &self,
        id: UserId,
        credential: &NewCredential,
        name: &str,
        here: SessionVersion<'_>,
        audit: &AuditContext,
    ) -> Result<(), ChangeError> {
        let Begun { mut write, user } = self.begin_as(id, here).await?;
        if count_passkeys(write.connection(), id).await? >= Passkey::MAX_PER_USER {
            return Err(ChangeError::TooManyPasskeys);
        }
        require_room_for_undo(&mut write, id, audit.now).await?;
        let passkey = PasskeyId::new(audit.now, random_bytes()?);
        if !insert_passkey(write.connection(), passkey, id, credential, name, audit.now).await? {
            return Err(ChangeError::PasskeyExists);
        }
        if let Some(email) = &user.verified_email {
            let undo = undo_link(&mut write, id, email.email(), UndoStep::PasskeyAdded, audit).await?;
            let kind = EmailKind::PasskeyAdded { passkey: name.to_owned(), undo };
            queue_to_user(write.connection(), &self.sealer, &user, kind, audit).await?;
        }
        note(write.connection(), audit, Some(id), &AuditEvent::PasskeyAdded).await?;
        write.commit().await?;
        Ok(())
    }

    /// Removes a passkey, but never the last sign-in method. Other sessions end.
    ///
    /// # Errors
    /// [`ChangeError`]: nothing has changed then.
    pub async fn remove_passkey(
        &self,
        id: UserId,
        passkey: PasskeyId,
        here: SessionVersion<'_>,
        audit: &AuditContext,
    ) -> Result<(), ChangeError> {
        let Begun { mut write, user } = self.begin_as(id, here).await?;
        let passkeys = passkeys_of(write.connection(), id).await?;
        let Some(removed) = passkeys.iter().find(|other| other.id == passkey) else {
            return Err(ChangeError::NotFound);
        };
        if has_one_sign_in_method(&mut write, id).await? {
            return Err(ChangeError::LastSignInMethod);
        }
        delete_passkey(write.connection(), id, passkey).await?;
        self.credential_changed(&mut write, id, here.id, SessionEnd::MethodRemoved, audit.now).await?;
        let kind = EmailKind::PasskeyRemoved { passkey: removed.name.clone() };
        queue_to_user(write.connection(), &self.sealer, &user, kind, audit).await?;
        note(write.connection(), audit, Some(id), &AuditEvent::PasskeyRemoved).await?;
        write.commit().await?;
        Ok(())
    }

    /// # Errors
    /// [`ChangeError`]: nothing has changed then.
    pub async fn rename_passkey(
        &self,
        user: UserId,
        passkey: PasskeyId,
        name: &str,
        here: SessionVersion<'_>,
    ) -> Result<(), ChangeError> {
        let mut write = self.begin_as(user, here).await?.write;
        let renamed = sqlx::query("UPDATE passkeys SET name = $3 WHERE id = $1 AND user_id = $2")
            .bind(passkey.to_string())
            .bind(user.to_string())
            .bind(name)
            .execute(write.connection())
            .await?;
        if renamed.rows_affected() == 0 {
            return Err(ChangeError::NotFound);
        }
        write.commit().await?;
        Ok(())
    }

    /// Stores a verified signature, and returns the passkey's user. `None` when the passkey was removed meanwhile, its user is
    /// disabled, or another signature with as high a counter was faster. The transaction of the session records a sign-in.
    ///
    /// # Errors
    /// [`StoreError`]: nothing has changed then, and nobody may be signed in.
    pub async fn use_passkey(
        &self,
        passkey: &Passkey,
        used: &UsedCredential,
        now: OffsetDateTime,
    ) -> Result<Option<User>, StoreError> {
        let mut write = self.write_as(passkey.user).await?;
        let user = use_passkey(write.connection(), passkey, used, now).await?;
        if user.is_some() {
            write.commit().await?;
        }
        Ok(user)
    }
}
