//! What a monitoring system wants to know of the database.

use time::OffsetDateTime;

use crate::store::engine::database::Database;
use crate::store::error::StoreError;

/// The connections of this process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolLoad {
    pub busy: u32,
    pub idle: u32,
    pub limit: u32,
}

/// Counts of rows, and ages in seconds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DatabaseLoad {
    pub users: i64,
    /// Not expired.
    pub sessions: i64,
    pub emails: QueueLoad,
    pub revocations: QueueLoad,
    /// `None` before the first key signs.
    pub signing_key_age: Option<i64>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct QueueLoad {
    pub rows: i64,
    /// 0 without rows.
    pub oldest_age: i64,
}

impl Database {
    pub fn pool_load(&self) -> PoolLoad {
        let (busy, idle, limit) = self.pool.load();
        PoolLoad { busy, idle, limit }
    }

    /// Counts rows: not for every scrape.
    pub async fn load(&self, now: OffsetDateTime) -> Result<DatabaseLoad, StoreError> {
        let now = now.unix_timestamp();
        let (users, sessions): (i64, i64) = sqlx::query_as(
            "SELECT (SELECT count(*) FROM users), (SELECT count(*) FROM sessions WHERE expires_at > $1)",
        )
        .bind(now)
        .fetch_one(&self.bulk)
        .await?;
        let queues: Vec<(String, i64, i64)> =
            sqlx::query_as("SELECT kind, count(*), min(created_at) FROM outbox GROUP BY kind")
                .fetch_all(&self.bulk)
                .await?;
        let queue = |kind: &str| {
            let found = queues.iter().find(|(known, ..)| known == kind);
            found.map_or_else(QueueLoad::default, |(_, rows, oldest)| QueueLoad {
                rows: *rows,
                oldest_age: now.saturating_sub(*oldest).max(0),
            })
        };
        let (signs_from,): (Option<i64>,) =
            sqlx::query_as("SELECT max(signs_from) FROM signing_keys WHERE signs_from <= $1 AND signs_until > $1")
                .bind(now)
                .fetch_one(&self.bulk)
                .await?;
        let signing_key_age = signs_from.map(|from| now.saturating_sub(from));
        Ok(DatabaseLoad { users, sessions, emails: queue("email"), revocations: queue("revocation"), signing_key_age })
    }
}
