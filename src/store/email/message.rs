//! Emails are queued in the transaction that writes what they announce.

use crate::accounts::{EmailAddress, EmailKind, EmailMessage, User};
use crate::sealing::Sealer;
use crate::store::audit::context::AuditContext;
use crate::store::email::queue::queue;
use crate::store::engine::connection::Connection;
use crate::store::error::StoreError;

/// Queues an email to the user's verified email address, if they have one.
pub(in crate::store) async fn queue_to_user(
    connection: &mut Connection,
    sealer: &Sealer,
    user: &User,
    kind: EmailKind,
    audit: &AuditContext,
) -> Result<(), StoreError> {
    let Some(email) = &user.verified_email else { return Ok(()) };
    let message = EmailMessage { to: email.email().clone(), name: user.name.clone(), kind, cause: audit.cause() };
    queue(connection, sealer, Some(user.id), &message, audit.now).await
}

/// An email to an address whose owner is unknown: it contains no text that the requester chose.
pub(in crate::store) fn to_address(to: &EmailAddress, kind: EmailKind, audit: &AuditContext) -> EmailMessage {
    EmailMessage { to: to.clone(), name: None, kind, cause: audit.cause() }
}
