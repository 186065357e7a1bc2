//! The queue of what is still to be sent, whatever it is: written in the transaction that makes it, leased by whoever
//! sends it, tried again, given up. `queued_emails` and `revocations` say what is in it.

use std::time::Duration;

use serde::{Serialize, de::DeserializeOwned};
use sqlx::AnyConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use super::database::Database;
use super::engine::Engine;
use super::error::StoreError;
use super::ids;
use crate::accounts::UserId;
use crate::sealing::Sealer;

/// After the first failure, the second, …; the last holds for all that follow.
const AGAIN: [Duration; 5] = [
    Duration::from_secs(15),
    Duration::from_secs(60),
    Duration::from_secs(5 * 60),
    Duration::from_secs(15 * 60),
    Duration::from_secs(60 * 60),
];

/// What could not be sent for so long is not sent any more.
pub const GIVEN_UP_AFTER: time::Duration = time::Duration::days(3);

/// How long to wait before what has failed so often already, and again just now, is tried once more.
pub fn wait_after(attempts: u32) -> Duration {
    let last = AGAIN.len() - 1;
    AGAIN[usize::try_from(attempts).unwrap_or(last).min(last)]
}

/// A row that does not open was sealed with a key that is gone, or that this machine was not given. It may come back, so
/// the row is not deleted at once; but it must not stand in the way of others.
const UNREADABLE_AGAIN: Duration = Duration::from_secs(3600);
/// And then it is deleted: the key will not come back.
const UNREADABLE_KEPT: Duration = Duration::from_secs(3 * 86_400);

/// Something to be queued.
pub(super) struct NewRow<'a, T> {
    /// What it is, in one word.
    pub(super) kind: &'static str,
    /// Whom it concerns; `None` for what outlives them.
    pub(super) user: Option<UserId>,
    /// What it is about, where it can become void.
    pub(super) about: Option<&'a str>,
    /// What it says. Sealed.
    pub(super) content: &'a T,
    /// When to try first.
    pub(super) due_at: OffsetDateTime,
}

/// Something out of the queue.
pub(super) struct Queued<T> {
    pub(super) id: Uuid,
    pub(super) content: T,
    /// How often sending has failed.
    pub(super) attempts: u32,
    pub(super) created_at: OffsetDateTime,
}

/// Queues something as part of a transaction; tells its id.
pub(super) async fn put<T: Serialize>(
    connection: &mut AnyConnection,
    sealer: &Sealer,
    row: &NewRow<'_, T>,
    now: OffsetDateTime,
) -> Result<Uuid, StoreError> {
    let unwritable = || StoreError::Corrupt(format!("a {} that cannot be sealed", row.kind));
    let id = ids::id(now)?;
    let plain = serde_json::to_vec(row.content).map_err(|_| unwritable())?;
    let sealed = sealer.seal(&place(&id.to_string()), &plain).map_err(|_| unwritable())?;
    sqlx::query(
        "INSERT INTO outbox (id, kind, user_id, sealed, created_at, due_at, attempts, about) \
         VALUES ($1, $2, $3, $4, $5, $6, 0, $7)",
    )
    .bind(id.to_string())
    .bind(row.kind)
    .bind(row.user.map(|user| user.to_string()))
    .bind(sealed)
    .bind(now.unix_timestamp())
    .bind(row.due_at.unix_timestamp())
    .bind(row.about)
    .execute(connection)
    .await?;
    Ok(id)
}

impl Database {
    /// Takes at most `limit` rows of a kind that are due and leases them until `now + lease`, so that another machine does
    /// not take them too. Those due longest come first. Who does not say what became of one gets it again.
    pub(super) async fn take_due<T: DeserializeOwned>(
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
                        tracing::warn!(row = %row.0, kind, "what is queued cannot be read: {unreadable}");
                        self.put_unreadable_aside(&row.0, now).await?;
                    }
                }
            }
            if none || !queued.is_empty() {
                queued.sort_by_key(|row: &Queued<T>| row.id);
                return Ok(queued);
            }
        }
    }

    /// It is where it was to go, or given up: its row goes.
    pub(super) async fn sent(&self, id: Uuid) -> Result<(), StoreError> {
        let _turn = self.turn().await?;
        sqlx::query("DELETE FROM outbox WHERE id = $1").bind(id.to_string()).execute(&self.pool).await?;
        Ok(())
    }

    /// Sending failed: due again at `again_at`, or given up, when its row goes.
    pub(super) async fn not_sent(&self, id: Uuid, again_at: Option<OffsetDateTime>) -> Result<(), StoreError> {
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
        // Without SKIP LOCKED, a second worker of PostgreSQL would wait for the first and then take the same rows.
        let statement = match self.engine {
            Engine::Sqlite => {
                "UPDATE outbox SET due_at = $3 WHERE id IN \
                 (SELECT id FROM outbox WHERE kind = $1 AND due_at <= $2 ORDER BY due_at, id LIMIT $4) \
                 RETURNING id, sealed, attempts, created_at"
            }
            Engine::Postgres => {
                "UPDATE outbox SET due_at = $3 WHERE id IN \
                 (SELECT id FROM outbox WHERE kind = $1 AND due_at <= $2 ORDER BY due_at, id LIMIT $4 \
                 FOR UPDATE SKIP LOCKED) \
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

    async fn put_unreadable_aside(&self, id: &str, now: OffsetDateTime) -> Result<(), StoreError> {
        let _turn = self.turn().await?;
        sqlx::query("DELETE FROM outbox WHERE id = $1 AND created_at < $2")
            .bind(id)
            .bind((now - UNREADABLE_KEPT).unix_timestamp())
            .execute(&self.pool)
            .await?;
        sqlx::query("UPDATE outbox SET due_at = $2 WHERE id = $1")
            .bind(id)
            .bind((now + UNREADABLE_AGAIN).unix_timestamp())
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

/// Where sealed content opens: in its own row, and nowhere else.
fn place(id: &str) -> String {
    format!("outbox {id}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_waits_grow_to_an_hour_and_stay() {
        let seconds: Vec<_> = (0..7).map(|attempts| wait_after(attempts).as_secs()).collect();
        assert_eq!(seconds, [15, 60, 300, 900, 3600, 3600, 3600]);
        assert_eq!(wait_after(u32::MAX).as_secs(), 3600);
    }
}
