//! Letters that wait to be delivered.

use std::time::Duration;

use sqlx::AnyConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use super::database::Database;
use super::error::StoreError;
use super::outbox::{NewRow, Queued, put};
use super::user_rows::time;
use crate::accounts::{EmailMessage, UserId};
use crate::sealing::Sealer;

/// A letter out of the queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueuedEmail {
    /// The row's id.
    pub id: Uuid,
    /// What it says.
    pub message: EmailMessage,
    /// How often delivery has failed.
    pub attempts: u32,
    /// When it was queued.
    pub created_at: OffsetDateTime,
}

const EMAIL: &str = "email";

impl From<Queued<EmailMessage>> for QueuedEmail {
    fn from(row: Queued<EmailMessage>) -> Self {
        Self { id: row.id, message: row.content, attempts: row.attempts, created_at: row.created_at }
    }
}

impl Database {
    /// Queues a letter that announces no change of ours. One that does is queued by the transaction that makes it.
    ///
    /// # Errors
    /// As every query: [`StoreError`].
    pub async fn queue_email(
        &self,
        user: Option<UserId>,
        message: &EmailMessage,
        now: OffsetDateTime,
    ) -> Result<(), StoreError> {
        let _turn = self.turn().await?;
        let mut connection = self.pool.acquire().await?;
        queue(&mut connection, &self.sealer, user, message, now).await
    }

    /// Takes at most `limit` letters that are due and leases them until `now + lease`, so that another machine does not
    /// take them too. Those due longest come first. Who does not say what became of a letter gets it again: each is
    /// delivered at least once.
    ///
    /// # Errors
    /// As every query: [`StoreError`].
    pub async fn take_due_emails(
        &self,
        now: OffsetDateTime,
        lease: Duration,
        limit: u32,
    ) -> Result<Vec<QueuedEmail>, StoreError> {
        let queued = self.take_due(EMAIL, now, lease, limit).await?;
        Ok(queued.into_iter().map(QueuedEmail::from).collect())
    }

    /// The letter is with the mail server: its row goes.
    ///
    /// # Errors
    /// As every query: [`StoreError`]. The letter is delivered once more then.
    pub async fn email_delivered(&self, id: Uuid) -> Result<(), StoreError> {
        self.sent(id).await
    }

    /// Delivery failed: due again at `again_at`, or given up, when its row goes.
    ///
    /// # Errors
    /// As every query: [`StoreError`]. The letter is due again at the end of its lease then.
    pub async fn email_failed(&self, id: Uuid, again_at: Option<OffsetDateTime>) -> Result<(), StoreError> {
        self.not_sent(id, again_at).await
    }

    /// When the oldest letter was queued that is not delivered at `now`, if there is one.
    ///
    /// # Errors
    /// As every query: [`StoreError`].
    pub async fn oldest_due_email(&self, now: OffsetDateTime) -> Result<Option<OffsetDateTime>, StoreError> {
        let (oldest,): (Option<i64>,) =
            sqlx::query_as("SELECT min(created_at) FROM outbox WHERE kind = $1 AND created_at <= $2")
                .bind(EMAIL)
                .bind(now.unix_timestamp())
                .fetch_one(&self.pool)
                .await?;
        oldest.map(time).transpose()
    }
}

/// Queues a letter as part of a transaction.
pub(super) async fn queue(
    connection: &mut AnyConnection,
    sealer: &Sealer,
    user: Option<UserId>,
    message: &EmailMessage,
    now: OffsetDateTime,
) -> Result<(), StoreError> {
    let row = NewRow { kind: EMAIL, user, about: None, content: message, due_at: now };
    put(connection, sealer, &row, now).await.map(drop)
}
