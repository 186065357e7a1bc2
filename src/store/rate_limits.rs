//! The table `rate_limits`: limits that all processes on one database count together.
//!
//! Each process has limits in memory as well (room `limits`), which refuse a flood before it reaches the database. Those
//! alone would multiply with the number of processes, and a restart would reset them.

use std::time::Duration;

use time::OffsetDateTime;

use crate::store::engine::database::Database;
use crate::store::engine::engines::Engine;
use crate::store::error::StoreError;

/// Keys are hashed into this many buckets of each limit, so that a flood of keys does not fill the table.
const BUCKETS: u32 = 1 << 18;

/// At most `burst` at once, and one more after each `interval` (GCRA).
#[derive(Clone, Copy, Debug)]
pub struct SharedLimit {
    pub name: &'static str,
    pub burst: u32,
    /// Whole seconds.
    pub interval: Duration,
}

impl Database {
    /// Counts one event. False when the limit is exceeded. Always true on SQLite, which one process serves: its limits in
    /// memory are all there is.
    ///
    /// # Errors
    /// [`StoreError`]; nothing was counted then.
    pub async fn count_shared(&self, limit: SharedLimit, key: &str, now: OffsetDateTime) -> Result<bool, StoreError> {
        if self.engine == Engine::Sqlite {
            return Ok(true);
        }
        let interval = i64::try_from(limit.interval.as_secs()).unwrap_or(i64::MAX);
        // Full again at most a burst ahead, this event included.
        let counted = sqlx::query(
            "INSERT INTO rate_limits (bucket, full_at) VALUES ($1, $2 + $3) ON CONFLICT (bucket) DO UPDATE \
             SET full_at = CASE WHEN rate_limits.full_at > $2 THEN rate_limits.full_at ELSE $2 END + $3 \
             WHERE rate_limits.full_at <= $2 + $4",
        )
        .bind(self.bucket(limit.name, key))
        .bind(now.unix_timestamp())
        .bind(interval)
        .bind(interval.saturating_mul(i64::from(limit.burst.saturating_sub(1))))
        .execute(&self.pool)
        .await?;
        Ok(counted.rows_affected() == 1)
    }

    /// Nobody without the key can choose keys that share a bucket, or tell whose bucket a row is.
    fn bucket(&self, name: &str, key: &str) -> String {
        let mac = self.sealer.mac(format!("rate limit {name} {key}").as_bytes());
        let number = mac.iter().take(4).fold(0, |number: u32, byte| (number << 8) | u32::from(*byte));
        format!("{name} {}", number % BUCKETS)
    }
}
