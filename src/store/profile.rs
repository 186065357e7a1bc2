//! A person's name and picture.

use super::audit_context::AuditContext;
use super::database::Database;
use super::error::StoreError;
use super::events::note;
use crate::accounts::{OWN, UserId};

impl Database {
    /// Keeps the name that a person chose; no provider writes over it. `None` goes back to what the
    /// provider tells that was used last.
    ///
    /// # Errors
    /// As every query: [`StoreError`].
    pub async fn choose_name(&self, user: UserId, name: Option<&str>, audit: &AuditContext) -> Result<(), StoreError> {
        let mut write = self.write().await?;
        // Access tokens tell the name.
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
        note(write.connection(), audit, "profile", Some(user), None, "name", &[]).await?;
        write.commit().await
    }
}
