//! A signed-in user changes their email address.

use crate::accounts::{
    AuditEvent, EmailAddress, EmailKind, EmailToken, LinkKind, SessionEnd, UserId, VerificationMethod, VerifiedEmail,
    claimed_accounts,
};
use crate::store::account::change::{ChangeError, require_room_for_undo};
use crate::store::account::pending_email_change::remember;
use crate::store::audit::context::AuditContext;
use crate::store::audit::events::note;
use crate::store::email::links::{
    LinkData, NewLink, find_link, invalidate_links, invalidate_sign_ups, make_link, take_link,
};
use crate::store::email::message::to_address;
use crate::store::email::queue::queue;
use crate::store::engine::database::Database;
use crate::store::linking::carry_out::invalidate_squatted;
use crate::store::linking::gather::linking_context_of_email;
use crate::store::sessions::end::user_at;
use crate::store::sessions::rows::SessionVersion;
use crate::store::users::queries::adopt_email;

impl Database {
    /// Queues the email that confirms a new email address. If the address belongs to another user, they are notified
    /// instead, and the requester cannot tell.
    ///
    /// # Errors
    /// [`ChangeError`]: nothing has changed then, and no email is sent.
    pub async fn begin_email_change(
        &self,
        id: UserId,
        email: &EmailAddress,
        data: &LinkData,
        here: SessionVersion<'_>,
        audit: &AuditContext,
    ) -> Result<(), ChangeError> {
        let mut write = self.write().await?;
        write.lock(&[format!("user {id}"), format!("email {email}")]).await?;
        user_at(write.connection(), id, here).await?.ok_or(ChangeError::SignedOut)?;
        require_room_for_undo(&mut write, id, audit.now).await?;
        invalidate_links(write.connection(), id, LinkKind::ChangeEmail).await?;
        let taken = linking_context_of_email(&mut write, email).await?.email_owner.is_some();
        remember(write.connection(), id, email, audit.now).await?;
        let kind = (!taken).then_some(LinkKind::ChangeEmail);
        let link = NewLink { kind, user: Some(id), email, password: None, data };
        let token = make_link(write.connection(), &link, audit.now).await?;
        let kind = if taken { EmailKind::EmailTaken } else { EmailKind::ConfirmEmailChange { token } };
        queue(write.connection(), &self.sealer, Some(id), &to_address(email, kind, audit), audit.now).await?;
        note(write.connection(), audit, Some(id), &AuditEvent::EmailChangeRequested).await?;
        write.commit().await?;
        Ok(())
    }

    /// Sets the email address that the link verifies. The user who opens the link must be the one who requested the
    /// change: otherwise Eve could request Ada's address for her own account, and Ada's click would verify it for Eve.
    /// Other sessions end, and the old address gets an email that can undo the change.
    ///
    /// # Errors
    /// [`ChangeError`]: nothing has changed then, and the link still works.
    pub async fn finish_email_change(
        &self,
        id: UserId,
        token: &EmailToken,
        here: SessionVersion<'_>,
        audit: &AuditContext,
    ) -> Result<LinkData, ChangeError> {
        self.retried(|| self.finish_email_change_once(id, token, here, audit)).await
    }

    async fn finish_email_change_once(
        &self,
        id: UserId,
        token: &EmailToken,
        here: SessionVersion<'_>,
        audit: &AuditContext,
    ) -> Result<LinkData, ChangeError> {
        let mut write = self.write().await?;
        let Some(found) = find_link(write.connection(), token, audit.now).await? else {
            return Err(ChangeError::NotFound);
        };
        write.lock(&[format!("user {id}"), format!("email {}", found.email)]).await?;
        let Some(link) = take_link(write.connection(), token, LinkKind::ChangeEmail, audit.now).await? else {
            return Err(ChangeError::NotFound);
        };
        if link.user != Some(id) {
            return Err(ChangeError::OtherUser);
        }
        let before = user_at(write.connection(), id, here).await?.ok_or(ChangeError::SignedOut)?;
        require_room_for_undo(&mut write, id, audit.now).await?;
        let linking_context = linking_context_of_email(&mut write, &link.email).await?;
        if linking_context.email_owner.is_some_and(|owner| owner.user.id != id) {
            return Err(ChangeError::EmailTaken);
        }
        invalidate_squatted(&mut write, &claimed_accounts(&linking_context.email_holders, id), audit.now).await?;
        let email = VerifiedEmail::on_record(link.email.clone(), VerificationMethod::EmailLink);
        adopt_email(write.connection(), id, &email).await?;
        invalidate_sign_ups(write.connection(), &link.email).await?;
        self.credential_changed(&mut write, id, here.id, SessionEnd::EmailChanged, audit.now).await?;
        if let Some(old) = &before.verified_email {
            self.announce_email_changed(&mut write, &before, old.email(), &link.email, audit).await?;
        }
        note(write.connection(), audit, Some(id), &AuditEvent::EmailChanged).await?;
        write.commit().await?;
        Ok(link.data)
    }
}
