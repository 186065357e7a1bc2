//! "This wasn't me": the link in an email undoes a change.

use time::OffsetDateTime;

use crate::accounts::{
    AuditEvent, EmailAddress, EmailToken, LinkKind, SessionEnd, UndoneChange, UserId, VerificationMethod, VerifiedEmail,
};
use crate::store::audit::context::AuditContext;
use crate::store::audit::events::note;
use crate::store::email::links::{
    LinkData, NewLink, UndoStep, find_link, invalidate_later_undos, invalidate_pending, make_link, take_link,
};
use crate::store::engine::database::Database;
use crate::store::engine::write::Write;
use crate::store::error::StoreError;
use crate::store::second_factor::app::delete_app_since;
use crate::store::sessions::end::end_sessions_of;
use crate::store::users::identities::{identities_of, unlink, unlink_since};
use crate::store::users::passkeys::delete_passkeys_since;
use crate::store::users::passwords::drop_password;
use crate::store::users::queries::{adopt_email, email_owner, user};

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Undone {
    Done {
        /// Of a link to a new password, if the email went to the user's present address.
        reset: Option<EmailToken>,
    },
    /// The link is unknown, used or expired.
    NoLink,
}

impl Database {
    /// Undoes a change: unlinks the linked identity or restores the old email address. The password, all sessions and
    /// all pending changes are deleted in any case.
    ///
    /// So are later changes that this mailbox was not notified of: identities, passkeys and a first authenticator app added
    /// since, and undo links in other mailboxes. Otherwise Eve, who moved Ada's account to her own mailbox, could keep a linked Google account or an
    /// undo link and take the account again.
    ///
    /// # Errors
    /// [`StoreError`]: nothing has changed then, and the link still works.
    pub async fn undo(&self, token: &EmailToken, audit: &AuditContext) -> Result<Undone, StoreError> {
        self.retried(|| self.undo_once(token, audit)).await
    }

    async fn undo_once(&self, token: &EmailToken, audit: &AuditContext) -> Result<Undone, StoreError> {
        let mut write = self.write().await?;
        let Some(found) = find_link(write.connection(), token, audit.now).await? else {
            return Ok(Undone::NoLink);
        };
        let user = found.user.map(|user| format!("user {user}"));
        let names = [format!("email {}", found.email)].into_iter().chain(user);
        write.lock(&names.collect::<Vec<_>>()).await?;
        let Some(link) = take_link(write.connection(), token, LinkKind::Undo, audit.now).await? else {
            return Ok(Undone::NoLink);
        };
        let (Some(id), Some(step)) = (link.user, link.data.undo) else {
            return Err(StoreError::Corrupt("email_tokens.data".into()));
        };
        invalidate_later_undos(write.connection(), id, &link.email, link.created_at).await?;
        unlink_since(&mut write, id, link.created_at, audit.now).await?;
        delete_passkeys_since(write.connection(), id, link.created_at).await?;
        delete_app_since(write.connection(), id, link.created_at).await?;
        let email = match &step {
            UndoStep::MethodAdded { issuer, subject, .. } => {
                unlink_by_key(&mut write, id, [issuer, subject], audit.now).await?;
                link.email
            }
            // The passkey or the app was added when the email was sent.
            UndoStep::PasskeyAdded | UndoStep::SecondFactorChanged | UndoStep::PasswordChanged => link.email,
            UndoStep::EmailChanged { old } => {
                restore_email(&mut write, id, old).await?;
                old.clone()
            }
        };
        drop_password(write.connection(), id).await?;
        end_sessions_of(&mut write, id, None, SessionEnd::Undone, audit.now).await?;
        invalidate_pending(write.connection(), id).await?;
        let reset = reset_link(&mut write, id, &email, audit).await?;
        let undone = match step {
            UndoStep::MethodAdded { provider, .. } => UndoneChange::MethodAdded { provider },
            UndoStep::PasskeyAdded => UndoneChange::PasskeyAdded,
            UndoStep::SecondFactorChanged => UndoneChange::SecondFactorChanged,
            UndoStep::PasswordChanged => UndoneChange::PasswordChanged,
            UndoStep::EmailChanged { .. } => UndoneChange::EmailChanged,
        };
        note(write.connection(), audit, Some(id), &AuditEvent::Undone(undone)).await?;
        write.commit().await?;
        Ok(Undone::Done { reset })
    }
}

async fn unlink_by_key(
    write: &mut Write<'_>,
    user: UserId,
    [issuer, subject]: [&str; 2],
    now: OffsetDateTime,
) -> Result<(), StoreError> {
    let identities = identities_of(write.connection(), user).await?;
    let added = identities.iter().find(|other| other.key.issuer() == issuer && other.key.subject() == subject);
    match added {
        Some(identity) => unlink(write, identity, now).await,
        None => Ok(()),
    }
}

/// Restores the email address, unless another user has verified it meanwhile.
async fn restore_email(write: &mut Write<'_>, id: UserId, old: &EmailAddress) -> Result<(), StoreError> {
    let owner = email_owner(write.connection(), old).await?;
    if owner.is_none_or(|owner| owner.id == id) {
        let email = VerifiedEmail::on_record(old.clone(), VerificationMethod::EmailLink);
        adopt_email(write.connection(), id, &email).await?;
    }
    Ok(())
}

/// Only if the email went to the user's present address.
async fn reset_link(
    write: &mut Write<'_>,
    id: UserId,
    email: &EmailAddress,
    audit: &AuditContext,
) -> Result<Option<EmailToken>, StoreError> {
    let theirs = user(write.connection(), id).await?.and_then(|user| user.verified_email);
    if theirs.is_none_or(|theirs| theirs.email() != email) {
        return Ok(None);
    }
    let data = &LinkData::default();
    let link = NewLink { kind: Some(LinkKind::Reset), user: Some(id), email, password: None, data };
    make_link(write.connection(), &link, audit.now).await.map(Some)
}
