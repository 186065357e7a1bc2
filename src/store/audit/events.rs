//! The audit trail.

use sqlx::{AnyConnection, FromRow};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::accounts::{AuditEvent, ClientInfo, EventCodes, UserId};
use crate::oidc::AuthenticationClaims;
use crate::store::audit::context::AuditContext;
use crate::store::engine::database::Database;
use crate::store::error::StoreError;
use crate::store::ids;
use crate::store::users::rows::time;

/// An event to be written.
#[derive(Clone, Copy, Debug)]
pub(in crate::store) struct NewEvent<'a> {
    /// As from `accounts::time_ordered_id`.
    pub(in crate::store) id: Uuid,
    pub(in crate::store) at: OffsetDateTime,
    pub(in crate::store) event: &'a AuditEvent,
    pub(in crate::store) user: Option<UserId>,
    pub(in crate::store) client: &'a ClientInfo,
    /// How the provider says that it authenticated the user.
    pub(in crate::store) authentication: Option<&'a AuthenticationClaims>,
}

/// An event that was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PastEvent {
    pub id: String,
    pub at: OffsetDateTime,
    /// The user's id. The user may be gone.
    pub user: Option<String>,
    pub codes: EventCodes,
    pub client: ClientInfo,
    /// How the provider says that it authenticated the user.
    pub authentication: Option<AuthenticationClaims>,
}

impl PastEvent {
    /// `None` for an event that another version of Latchkey wrote and that this one does not know.
    pub fn event(&self) -> Option<AuditEvent> {
        self.codes.event()
    }
}

/// The columns of [`EventRow`].
macro_rules! select_events {
    ($rest:literal) => {
        concat!(
            "SELECT id, at, kind, user_id, provider, outcome, reasons, ip, user_agent, request_id, authentication FROM events WHERE ",
            $rest
        )
    };
}
pub(in crate::store) use select_events;

#[derive(FromRow)]
pub(in crate::store) struct EventRow {
    id: String,
    at: i64,
    kind: String,
    user_id: Option<String>,
    provider: Option<String>,
    outcome: String,
    reasons: String,
    ip: Option<String>,
    user_agent: Option<String>,
    request_id: Option<String>,
    authentication: Option<String>,
}

impl TryFrom<EventRow> for PastEvent {
    type Error = StoreError;

    fn try_from(row: EventRow) -> Result<Self, StoreError> {
        let reasons = serde_json::from_str(&row.reasons).map_err(|_| StoreError::Corrupt("events.reasons".into()))?;
        Ok(Self {
            id: row.id,
            at: time(row.at)?,
            user: row.user_id,
            codes: EventCodes { kind: row.kind, provider: row.provider, outcome: row.outcome, reasons },
            client: ClientInfo {
                ip: row.ip.and_then(|ip| ip.parse().ok()),
                user_agent: row.user_agent,
                request_id: row.request_id,
            },
            authentication: row.authentication.and_then(|json| serde_json::from_str(&json).ok()),
        })
    }
}

impl Database {
    /// Records what was done outside a transaction.
    pub async fn record_event(
        &self,
        audit: &AuditContext,
        user: Option<UserId>,
        event: &AuditEvent,
    ) -> Result<(), StoreError> {
        let _turn = self.turn().await?;
        let mut connection = self.pool.acquire().await?;
        note(&mut connection, audit, user, event).await
    }

    /// The events of a user, the newest first, `limit` at most.
    pub async fn events_of(&self, user: UserId, limit: u32) -> Result<Vec<PastEvent>, StoreError> {
        let rows: Vec<EventRow> = sqlx::query_as(select_events!("user_id = $1 ORDER BY at DESC, id DESC LIMIT $2"))
            .bind(user.to_string())
            .bind(i64::from(limit))
            .fetch_all(&self.pool)
            .await?;
        rows.into_iter().map(PastEvent::try_from).collect()
    }
}

/// Records, within a transaction, what was done in it.
pub(in crate::store) async fn note(
    connection: &mut AnyConnection,
    audit: &AuditContext,
    user: Option<UserId>,
    event: &AuditEvent,
) -> Result<(), StoreError> {
    let (id, at, client) = (ids::id(audit.now)?, audit.now, &audit.client);
    record(connection, &NewEvent { id, at, event, user, client, authentication: None }).await
}

/// Records an event within a transaction. The id of a deleted user is not written: a late event must not bring it back.
pub(in crate::store) async fn record(connection: &mut AnyConnection, event: &NewEvent<'_>) -> Result<(), StoreError> {
    let codes = EventCodes::from(event.event);
    sqlx::query(
        "INSERT INTO events (id, at, kind, user_id, provider, outcome, reasons, ip, user_agent, request_id, authentication) \
         VALUES ($1, $2, $3, (SELECT id FROM users WHERE id = $4), $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(event.id.to_string())
    .bind(event.at.unix_timestamp())
    .bind(codes.kind)
    .bind(event.user.map(|user| user.to_string()))
    .bind(codes.provider)
    .bind(codes.outcome)
    .bind(serde_json::json!(codes.reasons).to_string())
    .bind(event.client.ip.map(|ip| ip.to_string()))
    .bind(event.client.user_agent.as_deref())
    .bind(event.client.request_id.as_deref())
    .bind(event.authentication.map(|claims| serde_json::json!(claims).to_string()))
    .execute(connection)
    .await?;
    Ok(())
}
