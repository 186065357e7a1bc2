//! Letters are queued where what they announce is written: in the same transaction.

use sqlx::AnyConnection;

use super::audit_context::AuditContext;
use super::error::StoreError;
use super::queued_emails::queue;
use crate::accounts::{EmailAddress, EmailKind, EmailMessage, User};
use crate::sealing::Sealer;

/// Queues a letter to the proven address of a user; who has none gets none.
pub(super) async fn queue_to_user(
    connection: &mut AnyConnection,
    sealer: &Sealer,
    user: &User,
    matter: EmailKind,
    audit: &AuditContext,
) -> Result<(), StoreError> {
    let Some(email) = &user.verified_email else { return Ok(()) };
    let message = EmailMessage { to: email.address().clone(), name: user.name.clone(), matter, cause: audit.cause() };
    queue(connection, sealer, Some(user.id), &message, audit.now).await
}

/// A letter to an address of which we do not know whose it is: nothing of the sender's own words is in it.
pub(super) fn to_address(to: &EmailAddress, matter: EmailKind, audit: &AuditContext) -> EmailMessage {
    EmailMessage { to: to.clone(), name: None, matter, cause: audit.cause() }
}
