//! The audit trail.

use sqlx::AnyConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use super::audit_context::AuditContext;
use super::database::Database;
use super::error::StoreError;
use super::ids;
use crate::accounts::UserId;

/// Where a request came from, as the audit trail keeps it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditClient {
    /// The client's address.
    pub address: Option<String>,
    /// The browser's own description.
    pub user_agent: Option<String>,
    /// The id under which the log has the request.
    pub request_id: Option<String>,
}

/// Something that happened, to be kept. Codes only: no secret, token or code of a provider.
#[derive(Clone, Copy, Debug)]
pub struct NewEvent<'a> {
    /// A fresh id, as from `accounts::time_ordered_id`.
    pub id: Uuid,
    /// When.
    pub at: OffsetDateTime,
    /// What was going on, as `sign_in` or `sign_out`.
    pub kind: &'a str,
    /// Whom it concerns.
    pub user: Option<UserId>,
    /// The provider's slug.
    pub provider: Option<&'a str>,
    /// How it ended: the code of a decision or of a refusal.
    pub outcome: &'a str,
    /// Why: codes, in the order in which they were found.
    pub reasons: &'a [&'a str],
    /// Where the request came from.
    pub client: &'a AuditClient,
}

impl Database {
    /// Writes an event down.
    ///
    /// # Errors
    /// As every query: [`StoreError`].
    pub async fn record_event(&self, event: &NewEvent<'_>) -> Result<(), StoreError> {
        let _turn = self.turn().await?;
        let mut connection = self.pool.acquire().await?;
        record(&mut connection, event).await
    }
}

/// Writes down, as part of a transaction, what was done in it.
pub(super) async fn note(
    connection: &mut AnyConnection,
    audit: &AuditContext,
    kind: &str,
    user: Option<UserId>,
    provider: Option<&str>,
    outcome: &str,
    reasons: &[&str],
) -> Result<(), StoreError> {
    let (id, at, client) = (ids::id(audit.now)?, audit.now, &audit.client);
    record(connection, &NewEvent { id, at, kind, user, provider, outcome, reasons, client }).await
}

/// Writes an event down as part of a transaction. About somebody who is gone it names nobody: what comes late must not
/// bring back what was deleted.
pub(super) async fn record(connection: &mut AnyConnection, event: &NewEvent<'_>) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO events (id, at, kind, user_id, provider, outcome, reasons, address, user_agent, request_id) \
         VALUES ($1, $2, $3, (SELECT id FROM users WHERE id = $4), $5, $6, $7, $8, $9, $10)",
    )
    .bind(event.id.to_string())
    .bind(event.at.unix_timestamp())
    .bind(event.kind)
    .bind(event.user.map(|user| user.to_string()))
    .bind(event.provider)
    .bind(event.outcome)
    .bind(serde_json::json!(event.reasons).to_string())
    .bind(event.client.address.as_deref())
    .bind(event.client.user_agent.as_deref())
    .bind(event.client.request_id.as_deref())
    .execute(connection)
    .await?;
    Ok(())
}
