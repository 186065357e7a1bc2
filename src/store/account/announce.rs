//! Emails that announce a change, each with a link that undoes it.

use crate::accounts::{EmailAddress, EmailKind, EmailMessage, EmailToken, Identity, LinkKind, User, UserId};
use crate::store::audit::context::AuditContext;
use crate::store::email::links::{LinkData, NewLink, UndoStep, after_other_undos, make_link};
use crate::store::email::message::queue_to_user;
use crate::store::email::queue::queue;
use crate::store::engine::database::Database;
use crate::store::engine::write::Write;
use crate::store::error::StoreError;

impl Database {
    /// To the old email address.
    pub(in crate::store) async fn announce_email_changed(
        &self,
        write: &mut Write<'_>,
        user: &User,
        old: &EmailAddress,
        new: &EmailAddress,
        audit: &AuditContext,
    ) -> Result<(), StoreError> {
        let undo = undo_link(write, user.id, old, UndoStep::EmailChanged { old: old.clone() }, audit).await?;
        let kind = EmailKind::EmailChanged { new: new.clone(), undo };
        let message = EmailMessage { to: old.clone(), name: user.name.clone(), kind, cause: audit.cause() };
        queue(write.connection(), &self.sealer, Some(user.id), &message, audit.now).await
    }

    pub(in crate::store) async fn announce_method_added(
        &self,
        write: &mut Write<'_>,
        user: &User,
        identity: &Identity,
        audit: &AuditContext,
    ) -> Result<(), StoreError> {
        let Some(email) = &user.verified_email else { return Ok(()) };
        let step = UndoStep::MethodAdded {
            provider: identity.provider.clone(),
            issuer: identity.key.issuer().to_owned(),
            subject: identity.key.subject().to_owned(),
        };
        let undo = undo_link(write, user.id, email.email(), step, audit).await?;
        let kind = EmailKind::MethodAdded { provider: identity.provider.clone(), account: account_of(identity), undo };
        queue_to_user(write.connection(), &self.sealer, user, kind, audit).await
    }
}

/// How the user knows the account at the provider.
pub(in crate::store) fn account_of(identity: &Identity) -> Option<String> {
    identity.email.as_ref().map(ToString::to_string).or_else(|| identity.name.clone())
}

pub(in crate::store) async fn undo_link(
    write: &mut Write<'_>,
    user: UserId,
    email: &EmailAddress,
    step: UndoStep,
    audit: &AuditContext,
) -> Result<EmailToken, StoreError> {
    let link = NewLink {
        kind: Some(LinkKind::Undo),
        user: Some(user),
        email,
        password: None,
        data: &LinkData { undo: Some(step), ..LinkData::default() },
    };
    let now = after_other_undos(write.connection(), user, email, audit.now).await?;
    make_link(write.connection(), &link, now).await
}
