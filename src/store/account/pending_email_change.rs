//! The table `pending_email_changes`: a change of the email address that waits for its confirmation.

use time::OffsetDateTime;

use crate::accounts::{AuditEvent, EmailAddress, LinkKind, UserId};
use crate::store::account::change::ChangeError;
use crate::store::audit::context::AuditContext;
use crate::store::audit::events::note;
use crate::store::email::links::invalidate_links;
use crate::store::engine::connection::Connection;
use crate::store::engine::database::Database;
use crate::store::error::StoreError;
use crate::store::sessions::rows::SessionVersion;

impl Database {
    /// The address that waits for its confirmation.
    pub async fn pending_email_change(
        &self,
        user: UserId,
        now: OffsetDateTime,
    ) -> Result<Option<EmailAddress>, StoreError> {
        let row: Option<(String,)> =
            sqlx::query_as("SELECT email FROM pending_email_changes WHERE user_id = $1 AND expires_at > $2")
                .bind(user.to_string())
                .bind(now.unix_timestamp())
                .fetch_optional(&self.pool)
                .await?;
        Ok(row.map(|(email,)| EmailAddress::parse(&email)).transpose()?)
    }

    /// Cancels it: its link no longer works. [`ChangeError::NotFound`] if nothing waits.
    ///
    /// # Errors
    /// [`ChangeError`]: nothing has changed then.
    pub async fn cancel_email_change(
        &self,
        user: UserId,
        here: SessionVersion<'_>,
        audit: &AuditContext,
    ) -> Result<(), ChangeError> {
        let mut write = self.begin_as(user, here).await?.write;
        if !forget(write.connection(), user).await? {
            return Err(ChangeError::NotFound);
        }
        invalidate_links(write.connection(), user, LinkKind::ChangeEmail).await?;
        note(write.connection(), audit, Some(user), &AuditEvent::EmailChangeCancelled).await?;
        write.commit().await?;
        Ok(())
    }
}

/// Replaces an earlier one.
pub(in crate::store) async fn remember(
    connection: &mut Connection,
    user: UserId,
    email: &EmailAddress,
    now: OffsetDateTime,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO pending_email_changes (user_id, email, expires_at) VALUES ($1, $2, $3) \
         ON CONFLICT (user_id) DO UPDATE SET email = $2, expires_at = $3",
    )
    .bind(user.to_string())
    .bind(email.as_str())
    .bind((now + LinkKind::ChangeEmail.lifetime()).unix_timestamp())
    .execute(connection)
    .await?;
    Ok(())
}

/// False if nothing waited.
pub(in crate::store) async fn forget(connection: &mut Connection, user: UserId) -> Result<bool, StoreError> {
    let forgotten = sqlx::query("DELETE FROM pending_email_changes WHERE user_id = $1")
        .bind(user.to_string())
        .execute(connection)
        .await?;
    Ok(forgotten.rows_affected() == 1)
}
