//! A user's second factor is set up, replaced or removed.

use crate::accounts::{AuditEvent, EmailKind, EmailToken, RecoveryCode, SecondFactorEvent, SessionEnd, User, UserId};
use crate::store::account::announce::undo_link;
use crate::store::account::change::{Begun, ChangeError, require_room_for_undo};
use crate::store::audit::context::AuditContext;
use crate::store::audit::events::note;
use crate::store::email::links::UndoStep;
use crate::store::email::message::queue_to_user;
use crate::store::engine::database::Database;
use crate::store::engine::write::Write;
use crate::store::error::StoreError;
use crate::store::second_factor::app::{Secret, delete_app, has_app, put_app, replace_recovery_codes, secret_of};
use crate::store::second_factor::pending::take;
use crate::store::sessions::rows::SessionVersion;
use crate::store::users::queries::user;
use crate::totp::TotpSecret;

/// An app whose user has shown one of its codes.
#[derive(Debug)]
pub struct NewApp {
    pub secret: TotpSecret,
    /// The step of that code.
    pub step: i64,
}

impl Database {
    /// Sets up an app for a signed-in user, in place of an earlier one. If there was one, other sessions end, and so does the
    /// trust in browsers. Returns new recovery codes.
    ///
    /// # Errors
    /// [`ChangeError`]: nothing has changed then. Likewise below.
    pub async fn set_up_app(
        &self,
        id: UserId,
        app: NewApp,
        here: SessionVersion<'_>,
        audit: &AuditContext,
    ) -> Result<Vec<RecoveryCode>, ChangeError> {
        let Begun { mut write, user } = self.begin_as(id, here).await?;
        require_room_for_undo(&mut write, id, audit.now).await?;
        let replaces = has_app(write.connection(), id).await?;
        let codes = self.put(&mut write, &user, app, audit).await?;
        if replaces {
            self.credential_changed(&mut write, id, here.id, SessionEnd::SecondFactorChanged, audit.now).await?;
        }
        write.commit().await?;
        Ok(codes)
    }

    /// Sets up the first app of a user between the two steps of a sign-in, and finishes the second. [`ChangeError::NotFound`] if
    /// the sign-in is over, or the user has an app by now.
    pub async fn enrol_in_sign_in(
        &self,
        id: UserId,
        pending: &str,
        app: NewApp,
        audit: &AuditContext,
    ) -> Result<Vec<RecoveryCode>, ChangeError> {
        let mut write = self.write_as(id).await?;
        let user = user(write.connection(), id).await?.filter(|user| user.disabled_at.is_none());
        let Some(user) = user else { return Err(ChangeError::NotFound) };
        let is_pending = take(write.connection(), id, pending, audit.now).await?;
        if !is_pending || has_app(write.connection(), id).await? {
            return Err(ChangeError::NotFound);
        }
        let codes = self.put(&mut write, &user, app, audit).await?;
        write.commit().await?;
        Ok(codes)
    }

    /// New recovery codes in place of the others.
    pub async fn renew_recovery_codes(
        &self,
        id: UserId,
        here: SessionVersion<'_>,
        audit: &AuditContext,
    ) -> Result<Vec<RecoveryCode>, ChangeError> {
        let Begun { mut write, user } = self.begin_as(id, here).await?;
        let Some(app) = secret_of(write.connection(), &self.sealer, id).await? else {
            return Err(ChangeError::NotFound);
        };
        let codes = replace_recovery_codes(write.connection(), id, &app.secret).await?;
        queue_to_user(write.connection(), &self.sealer, &user, EmailKind::RecoveryCodesReplaced, audit).await?;
        let event = AuditEvent::SecondFactor(SecondFactorEvent::RecoveryCodesReplaced);
        note(write.connection(), audit, Some(id), &event).await?;
        write.commit().await?;
        Ok(codes)
    }

    /// Removes the app and its recovery codes. Other sessions end: a thief's may be among them, whom the factor was about to
    /// keep out. So does the trust in browsers.
    pub async fn remove_app(
        &self,
        id: UserId,
        here: SessionVersion<'_>,
        audit: &AuditContext,
    ) -> Result<(), ChangeError> {
        let Begun { mut write, user } = self.begin_as(id, here).await?;
        require_room_for_undo(&mut write, id, audit.now).await?;
        if !delete_app(write.connection(), id).await? {
            return Err(ChangeError::NotFound);
        }
        self.credential_changed(&mut write, id, here.id, SessionEnd::SecondFactorChanged, audit.now).await?;
        self.announce_removed_app(&mut write, &user, audit).await?;
        let event = AuditEvent::SecondFactor(SecondFactorEvent::Removed);
        note(write.connection(), audit, Some(id), &event).await?;
        write.commit().await?;
        Ok(())
    }

    /// Whether the app is asked for also after a provider that does not say how it authenticated the user.
    pub async fn ask_after_providers(
        &self,
        user: UserId,
        asks: bool,
        here: SessionVersion<'_>,
        audit: &AuditContext,
    ) -> Result<(), ChangeError> {
        let mut write = self.begin_as(user, here).await?.write;
        let updated = sqlx::query("UPDATE totp SET after_providers = $2 WHERE user_id = $1")
            .bind(user.to_string())
            .bind(i64::from(asks))
            .execute(write.connection())
            .await?;
        if updated.rows_affected() == 0 {
            return Err(ChangeError::NotFound);
        }
        let event =
            if asks { SecondFactorEvent::AskedAfterProviders } else { SecondFactorEvent::NotAskedAfterProviders };
        note(write.connection(), audit, Some(user), &AuditEvent::SecondFactor(event)).await?;
        write.commit().await?;
        Ok(())
    }

    pub(in crate::store) async fn announce_removed_app(
        &self,
        write: &mut Write<'_>,
        user: &User,
        audit: &AuditContext,
    ) -> Result<(), StoreError> {
        self.announce_app(write, user, |undo| EmailKind::SecondFactorRemoved { undo }, audit).await
    }

    /// Stores the app with new recovery codes, and announces it.
    async fn put(
        &self,
        write: &mut Write<'_>,
        user: &User,
        app: NewApp,
        audit: &AuditContext,
    ) -> Result<Vec<RecoveryCode>, StoreError> {
        let earlier = secret_of(write.connection(), &self.sealer, user.id).await?;
        let app = Secret {
            secret: app.secret,
            last_step: app.step,
            enrolled_at: earlier.as_ref().map_or(audit.now, |earlier| earlier.enrolled_at),
            after_providers: earlier.as_ref().is_some_and(|earlier| earlier.after_providers),
        };
        put_app(write.connection(), &self.sealer, user.id, &app, audit.now).await?;
        let codes = replace_recovery_codes(write.connection(), user.id, &app.secret).await?;
        let event = match earlier.is_some() {
            true => {
                self.announce_app(write, user, |undo| EmailKind::SecondFactorReplaced { undo }, audit).await?;
                SecondFactorEvent::Replaced
            }
            false => {
                self.announce_app(write, user, |undo| EmailKind::SecondFactorAdded { undo }, audit).await?;
                SecondFactorEvent::Added
            }
        };
        note(write.connection(), audit, Some(user.id), &AuditEvent::SecondFactor(event)).await?;
        Ok(codes)
    }

    async fn announce_app(
        &self,
        write: &mut Write<'_>,
        user: &User,
        kind: impl FnOnce(EmailToken) -> EmailKind,
        audit: &AuditContext,
    ) -> Result<(), StoreError> {
        let Some(email) = &user.verified_email else { return Ok(()) };
        let undo = undo_link(write, user.id, email.email(), UndoStep::SecondFactorChanged, audit).await?;
        queue_to_user(write.connection(), &self.sealer, user, kind(undo), audit).await
    }
}
