//! The table `outbox`: a queue with leases and retries. `email::queue` and `grants::revocations` define its contents.

use std::time::Duration;

use serde::{Serialize, de::DeserializeOwned};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::accounts::UserId;
use crate::inspect::{self, Change, Step};
use crate::sealing::Sealer;
use crate::store::engine::connection::Connection;
use crate::store::engine::database::Database;
use crate::store::engine::engines::Engine;
use crate::store::error::StoreError;
use crate::store::ids;

/// After the first failure, the second, and so on; the last applies to all further ones.
const RETRY_AFTER: [Duration; 5] = [
    Duration::from_secs(15),
    Duration::from_secs(60),
    Duration::from_secs(5 * 60),
    Duration::from_secs(15 * 60),
    Duration::from_secs(60 * 60),
];

/// Delivery is given up after this time.
pub const GIVEN_UP_AFTER: time::Duration = time::Duration::days(3);

/// How long to wait after one more failure; `attempts` failed before it.
pub fn wait_after(attempts: u32) -> Duration {
    let last = RETRY_AFTER.len() - 1;
    RETRY_AFTER[usize::try_from(attempts).unwrap_or(last).min(last)]
}

/// A row that cannot be opened was sealed with a key that this machine does not have. The key may come back, so the row
/// is retried, out of the way of others.
const UNREADABLE_RETRY: Duration = Duration::from_secs(3600);
/// Then it is deleted.
const UNREADABLE_KEPT: Duration = Duration::from_secs(3 * 86_400);

pub(in crate::store) struct NewRow<'a, T> {
    pub(in crate::store) kind: &'static str,
    /// `None` for what outlives its user.
    pub(in crate::store) user: Option<UserId>,
    /// What cancels rows together.
    pub(in crate::store) about: Option<&'a str>,
    /// Stored sealed.
    pub(in crate::store) content: &'a T,
    /// Of due rows the lowest goes first.
    pub(in crate::store) priority: i64,
    pub(in crate::store) due_at: OffsetDateTime,
}

pub(in crate::store) struct Queued<T> {
    pub(in crate::store) id: Uuid,
    pub(in crate::store) content: T,
    /// Failed attempts.
    pub(in crate::store) attempts: u32,
    pub(in crate::store) created_at: OffsetDateTime,
}

/// Returns the row's id.
pub(in crate::store) async fn put<T: Serialize>(
    connection: &mut Connection,
    sealer: &Sealer,
    row: &NewRow<'_, T>,
    now: OffsetDateTime,
) -> Result<Uuid, StoreError> {
    let unwritable = || StoreError::Corrupt(format!("cannot seal outbox row of kind {}", row.kind));
    let id = ids::id(now)?;
    let plain = serde_json::to_vec(row.content).map_err(|_| unwritable())?;
    let sealed = sealer.seal(&place(&id.to_string()), &plain).map_err(|_| unwritable())?;
    inspect::record(|_| Step::row("outbox", Change::Inserted));
    sqlx::query(
        "INSERT INTO outbox (id, kind, user_id, sealed, created_at, due_at, attempts, about, priority) \
         VALUES ($1, $2, $3, $4, $5, $6, 0, $7, $8)",
    )
    .bind(id.to_string())
    .bind(row.kind)
    .bind(row.user.map(|user| user.to_string()))
    .bind(sealed)
    .bind(now.unix_timestamp())
    .bind(row.due_at.unix_timestamp())
    .bind(row.about)
    .bind(row.priority)
    .execute(connection)
    .await?;
    Ok(id)
}

impl Database {
    /// Leases at most `limit` due rows of a kind until `now + lease`, by priority, then the longest due first.
    pub(in crate::store) async fn take_due<T: DeserializeOwned>(
        &self,
        kind: &'static str,
        now: OffsetDateTime,
        lease: Duration,
        limit: u32,
    ) -> Result<Vec<Queued<T>>, StoreError> {
        loop {
            let rows = self.lease(kind, now, lease, limit).await?;
            let none = rows.is_empty();
            let mut queued = Vec::with_capacity(rows.len());
            for row in rows {
                match open(&self.sealer, &row) {
                    Ok(row) => queued.push(row),
                    Err(unreadable) => {
                        tracing::warn!(row = %row.0, kind, "cannot read a queued row: {unreadable}");
                        self.postpone_unreadable(&row.0, now).await?;
                    }
                }
            }
            if none || !queued.is_empty() {
                queued.sort_by_key(|row: &Queued<T>| row.id);
                return Ok(queued);
            }
        }
    }

    /// Not due before `until`.
    pub(in crate::store) async fn renew_lease(&self, id: Uuid, until: OffsetDateTime) -> Result<(), StoreError> {
        let _turn = self.turn().await?;
        sqlx::query("UPDATE outbox SET due_at = $2 WHERE id = $1")
            .bind(id.to_string())
            .bind(until.unix_timestamp())
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    pub(in crate::store) async fn sent(&self, id: Uuid) -> Result<(), StoreError> {
        let _turn = self.turn().await?;
        sqlx::query("DELETE FROM outbox WHERE id = $1").bind(id.to_string()).execute(&self.pool).await?;
        Ok(())
    }

    /// Due again at `again_at`; `None` gives the row up and deletes it.
    pub(in crate::store) async fn not_sent(
        &self,
        id: Uuid,
        again_at: Option<OffsetDateTime>,
    ) -> Result<(), StoreError> {
        let Some(again_at) = again_at else { return self.sent(id).await };
        let _turn = self.turn().await?;
        sqlx::query("UPDATE outbox SET due_at = $2, attempts = attempts + 1 WHERE id = $1")
            .bind(id.to_string())
            .bind(again_at.unix_timestamp())
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    async fn lease(
        &self,
        kind: &'static str,
        now: OffsetDateTime,
        lease: Duration,
        limit: u32,
    ) -> Result<Vec<Row>, StoreError> {
        let _turn = self.turn().await?;
        // Without SKIP LOCKED, a second worker on PostgreSQL would wait for the first and then take the same rows.
        let statement = match self.engine {
            Engine::Sqlite => {
                "UPDATE outbox SET due_at = $3 WHERE id IN \
                 (SELECT id FROM outbox WHERE kind = $1 AND due_at <= $2 ORDER BY priority, due_at, id LIMIT $4) \
                 RETURNING id, sealed, attempts, created_at"
            }
            Engine::Postgres => {
                "UPDATE outbox SET due_at = $3 WHERE id = ANY (ARRAY(\
                 SELECT id FROM outbox WHERE kind = $1 AND due_at <= $2 ORDER BY priority, due_at, id LIMIT $4 \
                 FOR UPDATE SKIP LOCKED)) \
                 RETURNING id, sealed, attempts, created_at"
            }
        };
        Ok(sqlx::query_as(statement)
            .bind(kind)
            .bind(now.unix_timestamp())
            .bind((now + lease).unix_timestamp())
            .bind(i64::from(limit))
            .fetch_all(&self.pool)
            .await?)
    }

    async fn postpone_unreadable(&self, id: &str, now: OffsetDateTime) -> Result<(), StoreError> {
        let _turn = self.turn().await?;
        sqlx::query("DELETE FROM outbox WHERE id = $1 AND created_at < $2")
            .bind(id)
            .bind((now - UNREADABLE_KEPT).unix_timestamp())
            .execute(&self.pool)
            .await?;
        sqlx::query("UPDATE outbox SET due_at = $2 WHERE id = $1")
            .bind(id)
            .bind((now + UNREADABLE_RETRY).unix_timestamp())
            .execute(&self.pool)
            .await?;
        Ok(())
    }
}

/// Id, sealed content, attempts, created at.
type Row = (String, String, i64, i64);

fn open<T: DeserializeOwned>(
    sealer: &Sealer,
    (id, sealed, attempts, created_at): &Row,
) -> Result<Queued<T>, StoreError> {
    let unreadable = |what: &str| StoreError::Corrupt(format!("outbox.{what}"));
    let plain = sealer.open(&place(id), sealed).map_err(|_| unreadable("sealed"))?;
    Ok(Queued {
        id: Uuid::try_parse(id).map_err(|_| unreadable("id"))?,
        content: serde_json::from_slice(&plain).map_err(|_| unreadable("sealed"))?,
        attempts: u32::try_from(*attempts).unwrap_or(u32::MAX),
        created_at: OffsetDateTime::from_unix_timestamp(*created_at).map_err(|_| unreadable("created_at"))?,
    })
}

/// The sealing context: content opens only in its own row.
fn place(id: &str) -> String {
    format!("outbox {id}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retries_back_off_to_one_hour() {
        let seconds: Vec<_> = (0..7).map(|attempts| wait_after(attempts).as_secs()).collect();
        assert_eq!(seconds, [15, 60, 300, 900, 3600, 3600, 3600]);
        assert_eq!(wait_after(u32::MAX).as_secs(), 3600);
    }
}
