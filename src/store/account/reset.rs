//! Password reset.

use time::OffsetDateTime;

use crate::accounts::{
    AuditEvent, EmailAddress, EmailKind, EmailOwner, EmailToken, LinkKind, PasswordHash, SessionEnd, SignInMethod,
    User, UserId, VerificationMethod, VerifiedEmail, invalidations_at_recovery,
};
use crate::store::account::announce::undo_link;
use crate::store::audit::context::AuditContext;
use crate::store::audit::events::note;
use crate::store::email::links::{
    LinkData, NewLink, UndoStep, count_links, find_link, invalidate_later_undos, make_link, take_link,
};
use crate::store::email::message::{queue_to_user, to_address};
use crate::store::email::queue::queue;
use crate::store::engine::database::Database;
use crate::store::error::StoreError;
use crate::store::linking::carry_out::invalidate;
use crate::store::linking::gather::linking_context_of_email;
use crate::store::sessions::ended::note_ends;
use crate::store::users::passwords::{password_of, put_password};
use crate::store::users::queries::{adopt_email, user};

/// Valid reset links of one user. The mailbox has them all; another one would not help.
const MAX_RESETS: i64 = 20;

/// Whether the email offers a new password. A user without a password is pointed to their provider instead, unless none
/// of their providers is enabled, or only a provider claims the email address: there Eve, at a provider that does not
/// verify, may hold Ada's address, and the reset is how Ada gets it back.
fn may_reset(owner: &EmailOwner, enabled_providers: &[&str]) -> bool {
    let strong = owner.user.verified_email.as_ref().is_some_and(|email| email.method().is_strong());
    let has_provider = owner.methods.iter().any(|method| match method {
        // A passkey may be lost with its device.
        SignInMethod::Password | SignInMethod::Passkey => false,
        SignInMethod::Provider(slug) => enabled_providers.contains(&slug.as_str()),
    });
    owner.methods.contains(&SignInMethod::Password) || !has_provider || !strong
}

impl Database {
    /// Queues an email with a reset link, or one that points to the provider, or one that says that there is no
    /// account. Each case runs the same number of queries.
    ///
    /// Earlier links stay valid: anybody can request a reset, and must not be able to void the link that the owner is about to
    /// open. A link that is used voids the others.
    ///
    /// # Errors
    /// [`StoreError`]: nothing has changed then, and no email is sent.
    pub async fn begin_reset(
        &self,
        email: &EmailAddress,
        enabled_providers: &[&str],
        data: &LinkData,
        audit: &AuditContext,
    ) -> Result<(), StoreError> {
        let mut write = self.write().await?;
        let owner = linking_context_of_email(&mut write, email).await?.email_owner;
        let resets = owner.as_ref().is_some_and(|owner| may_reset(owner, enabled_providers));
        let user = owner.as_ref().map(|owner| owner.user.id);
        let resetting = user.filter(|_| resets).unwrap_or(UserId::NOBODY);
        if count_links(write.connection(), resetting, LinkKind::Reset, audit.now).await? >= MAX_RESETS {
            return Ok(());
        }
        let kind = resets.then_some(LinkKind::Reset);
        let link = NewLink { kind, user, email, password: None, data };
        let token = make_link(write.connection(), &link, audit.now).await?;
        let kind = match owner {
            Some(_) if resets => EmailKind::ResetPassword { token },
            Some(owner) => EmailKind::NoPassword { methods: owner.methods },
            None => EmailKind::NoAccount,
        };
        let message = to_address(email, kind, audit);
        queue(write.connection(), &self.sealer, user, &message, audit.now).await?;
        note(write.connection(), audit, user, &AuditEvent::PasswordResetRequested).await?;
        write.commit().await
    }

    /// Sets a new password. All sessions end, pending changes become invalid, and identities that were linked before
    /// the email address was verified are unlinked. `None` when the link is unknown, used or expired.
    ///
    /// # Errors
    /// [`StoreError`]: nothing has changed then, and the link still works.
    pub async fn finish_reset(
        &self,
        token: &EmailToken,
        password: &PasswordHash,
        audit: &AuditContext,
    ) -> Result<Option<(User, LinkData)>, StoreError> {
        self.retried(|| self.finish_reset_once(token, password, audit)).await
    }

    async fn finish_reset_once(
        &self,
        token: &EmailToken,
        password: &PasswordHash,
        audit: &AuditContext,
    ) -> Result<Option<(User, LinkData)>, StoreError> {
        let mut write = self.write().await?;
        let found = find_link(write.connection(), token, audit.now).await?;
        let Some(id) = found.and_then(|link| link.user) else { return Ok(None) };
        write.lock(&[format!("user {id}")]).await?;
        let Some(link) = take_link(write.connection(), token, LinkKind::Reset, audit.now).await? else {
            return Ok(None);
        };
        let Some(before) = user(write.connection(), id).await? else { return Ok(None) };
        // The link verifies only the address that the email went to.
        let is_theirs = before.verified_email.as_ref().is_some_and(|email| *email.email() == link.email);
        if before.disabled_at.is_some() || !is_theirs {
            write.commit().await?;
            return Ok(None);
        }
        let first = password_of(write.connection(), id).await?.is_none();
        note_ends(write.connection(), id, None, SessionEnd::PasswordReset, audit.now).await?;
        for invalidation in invalidations_at_recovery(&before.clone().into()) {
            invalidate(&mut write, id, invalidation, audit.now).await?;
        }
        if !before.verified_email.as_ref().is_some_and(|email| email.method().is_strong()) {
            // Undo links that went to other mailboxes are not this user's.
            invalidate_later_undos(write.connection(), id, &link.email, OffsetDateTime::UNIX_EPOCH).await?;
        }
        let verified = VerifiedEmail::on_record(link.email, VerificationMethod::EmailLink);
        adopt_email(write.connection(), id, &verified).await?;
        put_password(write.connection(), id, password, audit.now).await?;
        let undo = undo_link(&mut write, id, verified.email(), UndoStep::PasswordChanged, audit).await?;
        queue_to_user(write.connection(), &self.sealer, &before, EmailKind::PasswordChanged { first, undo }, audit)
            .await?;
        note(write.connection(), audit, Some(id), &AuditEvent::PasswordReset).await?;
        let after = user(write.connection(), id).await?;
        let after = after.ok_or_else(|| StoreError::Corrupt("a user who was there".into()))?;
        write.commit().await?;
        Ok(Some((after, link.data)))
    }
}
