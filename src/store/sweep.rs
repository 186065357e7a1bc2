//! Deletes what is past its end.

use time::OffsetDateTime;

use super::database::Database;
use super::error::StoreError;

impl Database {
    /// Deletes at most `limit` sessions that are past their end; tells how many. Small batches keep other
    /// writers from waiting: call again while it tells `limit`.
    ///
    /// # Errors
    /// As every query: [`StoreError`].
    pub async fn delete_expired_sessions(&self, now: OffsetDateTime, limit: u32) -> Result<u64, StoreError> {
        // The idle end is never beyond the absolute one, so that one index finds both.
        self.delete_batch(
            "DELETE FROM sessions WHERE id_hash IN \
             (SELECT id_hash FROM sessions WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)",
            now,
            limit,
        )
        .await
    }

    /// Deletes at most `limit` events from before `before` that are about nobody: anyone can cause those, and they
    /// must not grow without end. Tells how many.
    ///
    /// # Errors
    /// As every query: [`StoreError`].
    pub async fn delete_anonymous_events(&self, before: OffsetDateTime, limit: u32) -> Result<u64, StoreError> {
        self.delete_batch(
            "DELETE FROM events WHERE id IN \
             (SELECT id FROM events WHERE user_id IS NULL AND at < $1 ORDER BY at LIMIT $2)",
            before,
            limit,
        )
        .await
    }

    /// Deletes at most `limit` flows that are past their end; tells how many. Small batches keep other writers
    /// from waiting: call again while it tells `limit`.
    ///
    /// # Errors
    /// As every query: [`StoreError`].
    pub async fn delete_expired_flows(&self, now: OffsetDateTime, limit: u32) -> Result<u64, StoreError> {
        self.delete_batch(
            "DELETE FROM used_flows WHERE id_hash IN \
             (SELECT id_hash FROM used_flows WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)",
            now,
            limit,
        )
        .await
    }

    /// Deletes at most `limit` links of letters that are past their end; tells how many.
    ///
    /// # Errors
    /// As every query: [`StoreError`].
    pub async fn delete_expired_links(&self, now: OffsetDateTime, limit: u32) -> Result<u64, StoreError> {
        self.delete_batch(
            "DELETE FROM email_tokens WHERE token_hash IN \
             (SELECT token_hash FROM email_tokens WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)",
            now,
            limit,
        )
        .await
    }

    /// Runs one of these statements: until when, and how many at most.
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
