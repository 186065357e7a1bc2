//! Letters that wait to be delivered.

use std::time::Duration;

use sqlx::AnyConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use super::database::Database;
use super::engine::Engine;
use super::error::StoreError;
use super::fresh;
use crate::accounts::{Letter, UserId};
use crate::sealing::Sealer;

/// A letter out of the queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueuedLetter {
    /// The row's id.
    pub id: Uuid,
    /// What it says.
    pub letter: Letter,
    /// How often delivery has failed.
    pub attempts: u32,
    /// When it was queued.
    pub created_at: OffsetDateTime,
}

const LETTER: &str = "letter";

/// A letter that does not open was sealed with a key that is gone, or that this machine was not given. It may come back,
/// so the row is not deleted at once; but it must not stand in the way of others.
const UNREADABLE_AGAIN: Duration = Duration::from_secs(3600);
/// And then it is deleted: the key will not come back.
const UNREADABLE_KEPT: Duration = Duration::from_secs(3 * 86_400);

impl Database {
    /// Queues a letter that announces no change of ours. One that does is queued by the transaction that makes it.
    ///
    /// # Errors
    /// As every query: [`StoreError`].
    pub async fn queue_letter(
        &self,
        user: Option<UserId>,
        letter: &Letter,
        now: OffsetDateTime,
    ) -> Result<(), StoreError> {
        let _turn = self.turn().await?;
        let mut connection = self.pool.acquire().await?;
        queue(&mut connection, &self.sealer, user, letter, now).await
    }

    /// Takes at most `limit` letters that are due and leases them until `now + lease`, so that another machine does not
    /// take them too. Those due longest come first. Who does not say what became of a letter gets it again: each is
    /// delivered at least once.
    ///
    /// # Errors
    /// As every query: [`StoreError`].
    pub async fn take_due_letters(
        &self,
        now: OffsetDateTime,
        lease: Duration,
        limit: u32,
    ) -> Result<Vec<QueuedLetter>, StoreError> {
        loop {
            let rows = self.lease(now, lease, limit).await?;
            let none = rows.is_empty();
            let mut letters = Vec::with_capacity(rows.len());
            for row in rows {
                match open(&self.sealer, &row) {
                    Ok(letter) => letters.push(letter),
                    Err(unreadable) => {
                        tracing::warn!(letter = %row.0, "a letter cannot be read: {unreadable}");
                        self.put_unreadable_aside(&row.0, now).await?;
                    }
                }
            }
            if none || !letters.is_empty() {
                letters.sort_by_key(|letter| letter.id);
                return Ok(letters);
            }
        }
    }

    /// The letter is with the mail server: its row goes.
    ///
    /// # Errors
    /// As every query: [`StoreError`]. The letter is delivered once more then.
    pub async fn letter_delivered(&self, id: Uuid) -> Result<(), StoreError> {
        let _turn = self.turn().await?;
        sqlx::query("DELETE FROM outbox WHERE id = $1").bind(id.to_string()).execute(&self.pool).await?;
        Ok(())
    }

    /// Delivery failed: due again at `again_at`, or given up, when its row goes.
    ///
    /// # Errors
    /// As every query: [`StoreError`]. The letter is due again at the end of its lease then.
    pub async fn letter_failed(&self, id: Uuid, again_at: Option<OffsetDateTime>) -> Result<(), StoreError> {
        let Some(again_at) = again_at else { return self.letter_delivered(id).await };
        let _turn = self.turn().await?;
        sqlx::query("UPDATE outbox SET due_at = $2, attempts = attempts + 1 WHERE id = $1")
            .bind(id.to_string())
            .bind(again_at.unix_timestamp())
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// When the oldest letter was queued that is not delivered at `now`, if there is one.
    ///
    /// # Errors
    /// As every query: [`StoreError`].
    pub async fn oldest_due_letter(&self, now: OffsetDateTime) -> Result<Option<OffsetDateTime>, StoreError> {
        let (oldest,): (Option<i64>,) =
            sqlx::query_as("SELECT min(created_at) FROM outbox WHERE kind = $1 AND created_at <= $2")
                .bind(LETTER)
                .bind(now.unix_timestamp())
                .fetch_one(&self.pool)
                .await?;
        oldest.map(date).transpose()
    }

    async fn lease(&self, now: OffsetDateTime, lease: Duration, limit: u32) -> Result<Vec<Row>, StoreError> {
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
            .bind(LETTER)
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

/// Queues a letter as part of a transaction.
pub(super) async fn queue(
    connection: &mut AnyConnection,
    sealer: &Sealer,
    user: Option<UserId>,
    letter: &Letter,
    now: OffsetDateTime,
) -> Result<(), StoreError> {
    let unwritable = || StoreError::Corrupt("a letter that cannot be sealed".into());
    let id = fresh::id(now)?;
    let plain = serde_json::to_vec(letter).map_err(|_| unwritable())?;
    let sealed = sealer.seal(&place(&id.to_string()), &plain).map_err(|_| unwritable())?;
    sqlx::query(
        "INSERT INTO outbox (id, kind, user_id, sealed, created_at, due_at, attempts) \
         VALUES ($1, $2, $3, $4, $5, $5, 0)",
    )
    .bind(id.to_string())
    .bind(LETTER)
    .bind(user.map(|user| user.to_string()))
    .bind(sealed)
    .bind(now.unix_timestamp())
    .execute(connection)
    .await?;
    Ok(())
}

/// Id, sealed letter, attempts, created at.
type Row = (String, String, i64, i64);

fn open(sealer: &Sealer, (id, sealed, attempts, created_at): &Row) -> Result<QueuedLetter, StoreError> {
    let unreadable = |what: &str| StoreError::Corrupt(format!("outbox.{what}"));
    let plain = sealer.open(&place(id), sealed).map_err(|_| unreadable("sealed"))?;
    Ok(QueuedLetter {
        id: Uuid::try_parse(id).map_err(|_| unreadable("id"))?,
        letter: serde_json::from_slice(&plain).map_err(|_| unreadable("sealed"))?,
        attempts: u32::try_from(*attempts).unwrap_or(u32::MAX),
        created_at: date(*created_at)?,
    })
}

/// Where a sealed letter opens: in its own row, and nowhere else.
fn place(id: &str) -> String {
    format!("outbox {id}")
}

fn date(unix: i64) -> Result<OffsetDateTime, StoreError> {
    OffsetDateTime::from_unix_timestamp(unix).map_err(|_| StoreError::Corrupt("outbox.created_at".into()))
}
