//! Invitations: links in emails that let their recipient create an account. Each is bound to its email address, works
//! until it expires, and is used up by the account that gets the address.

use time::OffsetDateTime;

use crate::accounts::{AuditEvent, EmailAddress, EmailKind, Invitation, LinkKind, UserId};
use crate::store::audit::context::AuditContext;
use crate::store::audit::events::note;
use crate::store::email::links::{LinkData, NewLink, make_link};
use crate::store::email::message::to_address;
use crate::store::email::queue::queue;
use crate::store::engine::connection::Connection;
use crate::store::engine::database::Database;
use crate::store::error::StoreError;
use crate::store::ids::hash_of;
use crate::store::linking::request::Admission;
use crate::store::users::queries::email_owner;

/// What inviting an email address came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Invited {
    Until(OffsetDateTime),
    /// A user has the email address; nothing was sent.
    Already(UserId),
}

impl Database {
    /// Invites an email address, and queues the email with the link if there is a mail server. A new invitation replaces
    /// the earlier one: an address has at most one.
    ///
    /// # Errors
    /// [`StoreError`]: nothing has changed then, and no email is sent.
    pub async fn invite(
        &self,
        email: &EmailAddress,
        by_email: bool,
        audit: &AuditContext,
    ) -> Result<Invited, StoreError> {
        let mut write = self.write().await?;
        write.lock(&[format!("email {email}")]).await?;
        if let Some(owner) = email_owner(write.connection(), email).await? {
            return Ok(Invited::Already(owner.id));
        }
        use_up_invitation(write.connection(), email).await?;
        let data = &LinkData::default();
        let link = NewLink { kind: Some(LinkKind::Invitation), user: None, email, password: None, data };
        let token = make_link(write.connection(), &link, audit.now).await?;
        if by_email {
            let message = to_address(email, EmailKind::Invitation { token }, audit);
            queue(write.connection(), &self.sealer, None, &message, audit.now).await?;
        }
        note(write.connection(), audit, None, &AuditEvent::Invited).await?;
        write.commit().await?;
        Ok(Invited::Until(audit.now + LinkKind::Invitation.lifetime()))
    }
}

/// Whether the email address is invited. Asked for every address or for none, by the policy: it reveals nothing.
pub(in crate::store) async fn invitation_to(
    connection: &mut Connection,
    email: &EmailAddress,
    admission: &Admission<'_>,
) -> Result<Invitation, StoreError> {
    if !admission.sign_up.admits_by_invitation() {
        return Ok(Invitation::None);
    }
    let row: Option<(String,)> =
        sqlx::query_as("SELECT token_hash FROM email_tokens WHERE email = $1 AND kind = $2 AND expires_at > $3")
            .bind(email.as_str())
            .bind(LinkKind::Invitation.code())
            .bind(admission.now.unix_timestamp())
            .fetch_optional(connection)
            .await?;
    Ok(match (row, admission.opened.map(hash_of)) {
        (None, _) => Invitation::None,
        (Some((hash,)), Some(opened)) if hash == opened => Invitation::Opened,
        (Some(_), _) => Invitation::Pending,
    })
}

pub(in crate::store) async fn use_up_invitation(
    connection: &mut Connection,
    email: &EmailAddress,
) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM email_tokens WHERE email = $1 AND kind = $2")
        .bind(email.as_str())
        .bind(LinkKind::Invitation.code())
        .execute(connection)
        .await?;
    Ok(())
}
