//! Deletes expired rows in batches. Small batches keep other writers from waiting: call again while a batch is full.

use time::OffsetDateTime;

use crate::store::engine::database::Database;
use crate::store::error::StoreError;

impl Database {
    /// Returns the number of deleted rows.
    pub async fn delete_expired_sessions(&self, now: OffsetDateTime, limit: u32) -> Result<u64, StoreError> {
        // The idle expiry is never later than the absolute one, so one index finds both.
        self.delete_batch(
            "DELETE FROM sessions WHERE id IN \
             (SELECT id FROM sessions WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)",
            now,
            limit,
        )
        .await
    }

    /// Deletes events without a user: anybody can cause those, and they must not grow without bound.
    pub async fn delete_anonymous_events(&self, before: OffsetDateTime, limit: u32) -> Result<u64, StoreError> {
        self.delete_batch(
            "DELETE FROM events WHERE id IN \
             (SELECT id FROM events WHERE user_id IS NULL AND at < $1 ORDER BY at LIMIT $2)",
            before,
            limit,
        )
        .await
    }

    pub async fn delete_expired_flows(&self, now: OffsetDateTime, limit: u32) -> Result<u64, StoreError> {
        self.delete_batch(
            "DELETE FROM used_flows WHERE id_hash IN \
             (SELECT id_hash FROM used_flows WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)",
            now,
            limit,
        )
        .await
    }

    pub async fn delete_expired_links(&self, now: OffsetDateTime, limit: u32) -> Result<u64, StoreError> {
        self.delete_batch(
            "DELETE FROM email_tokens WHERE token_hash IN \
             (SELECT token_hash FROM email_tokens WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)",
            now,
            limit,
        )
        .await
    }

    /// `$1` is `until`, `$2` is `limit`.
    async fn delete_batch(
        &self,
        statement: &'static str,
        until: OffsetDateTime,
        limit: u32,
    ) -> Result<u64, StoreError> {
        let _turn = self.turn().await?;
        let deleted =
            sqlx::query(statement).bind(until.unix_timestamp()).bind(i64::from(limit)).execute(&self.pool).await?;
        Ok(deleted.rows_affected())
    }
}
