//! The user's display name.

use crate::accounts::{AuditEvent, OWN, UserId};
use crate::store::account::change::ChangeError;
use crate::store::audit::context::AuditContext;
use crate::store::audit::events::note;
use crate::store::engine::database::Database;
use crate::store::sessions::rows::SessionVersion;

impl Database {
    /// Sets the name that the user chose; no provider overwrites it. `None` restores the name from the provider that
    /// was used last.
    pub async fn choose_name(
        &self,
        user: UserId,
        name: Option<&str>,
        here: SessionVersion<'_>,
        audit: &AuditContext,
    ) -> Result<(), ChangeError> {
        let mut write = self.begin_as(user, here).await?.write;
        // Access tokens contain the name.
        self.revocation_cache.user(user);
        sqlx::query(
            "UPDATE users SET \
             name = COALESCE($2, (SELECT name FROM identities WHERE user_id = $1 AND name IS NOT NULL \
                                  ORDER BY last_used_at DESC LIMIT 1)), \
             name_from = COALESCE($3, (SELECT provider FROM identities WHERE user_id = $1 AND name IS NOT NULL \
                                       ORDER BY last_used_at DESC LIMIT 1)) WHERE id = $1",
        )
        .bind(user.to_string())
        .bind(name)
        .bind(name.map(|_| OWN))
        .execute(write.connection())
        .await?;
        note(write.connection(), audit, Some(user), &AuditEvent::NameChanged).await?;
        write.commit().await?;
        Ok(())
    }
}
