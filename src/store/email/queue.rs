//! Emails that wait for delivery.

use std::time::Duration;

use time::OffsetDateTime;
use uuid::Uuid;

use crate::accounts::{EmailMessage, UserId};
use crate::sealing::Sealer;
use crate::store::engine::connection::Connection;
use crate::store::engine::database::Database;
use crate::store::error::StoreError;
use crate::store::outbox::{NewRow, Queued, put};
use crate::store::users::rows::time;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueuedEmail {
    pub id: Uuid,
    pub message: EmailMessage,
    /// Failed deliveries.
    pub attempts: u32,
    pub created_at: OffsetDateTime,
}

const EMAIL: &str = "email";

impl From<Queued<EmailMessage>> for QueuedEmail {
    fn from(row: Queued<EmailMessage>) -> Self {
        Self { id: row.id, message: row.content, attempts: row.attempts, created_at: row.created_at }
    }
}

impl Database {
    /// Queues an email that announces no change. Emails that do are queued by the transaction of the change.
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

    /// Leases at most `limit` due emails until `now + lease`, by priority, then the longest due first. An email that is neither delivered
    /// nor failed by then is due again, unless its lease is renewed.
    pub async fn take_due_emails(
        &self,
        now: OffsetDateTime,
        lease: Duration,
        limit: u32,
    ) -> Result<Vec<QueuedEmail>, StoreError> {
        let queued = self.take_due(EMAIL, now, lease, limit).await?;
        Ok(queued.into_iter().map(QueuedEmail::from).collect())
    }

    /// Reserves a leased email until `until`.
    pub async fn renew_email_lease(&self, id: Uuid, until: OffsetDateTime) -> Result<(), StoreError> {
        self.renew_lease(id, until).await
    }

    ///
    /// # Errors
    /// [`StoreError`]: the email stays queued then.
    pub async fn email_delivered(&self, id: Uuid) -> Result<(), StoreError> {
        self.sent(id).await
    }

    /// Due again at `again_at`; `None` gives the email up and deletes it.
    ///
    /// # Errors
    /// [`StoreError`]: the email is due again at the end of its lease then.
    pub async fn email_failed(&self, id: Uuid, again_at: Option<OffsetDateTime>) -> Result<(), StoreError> {
        self.not_sent(id, again_at).await
    }

    /// When the oldest undelivered email was queued.
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

pub(in crate::store) async fn queue(
    connection: &mut Connection,
    sealer: &Sealer,
    user: Option<UserId>,
    message: &EmailMessage,
    now: OffsetDateTime,
) -> Result<(), StoreError> {
    let priority = message.kind.priority() as i64;
    let row = NewRow { kind: EMAIL, user, about: None, content: message, priority, due_at: now };
    put(connection, sealer, &row, now).await.map(drop)
}
