//! The audit trail.

use sqlx::FromRow;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::accounts::{Actor, AuditEvent, ClientInfo, EventCodes, FAILED, UserId};
use crate::inspect::{self, Change, Step};
use crate::oidc::AuthenticationClaims;
use crate::sealing::sha256_base64url;
use crate::store::audit::context::AuditContext;
use crate::store::engine::connection::Connection;
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
    /// Of version 7: the row's place in the list, which does not change.
    pub id: Uuid,
    /// The first time.
    pub at: OffsetDateTime,
    pub last_at: OffsetDateTime,
    /// The user's id. The user may be gone.
    pub user: Option<String>,
    pub codes: EventCodes,
    /// Of the last time.
    pub client: ClientInfo,
    /// How the provider says that it authenticated the user.
    pub authentication: Option<AuthenticationClaims>,
    /// How often it happened, at most within a day: see [`AuditEvent::folds`].
    pub times: i64,
}

/// Events that a user's own actions cause, and the rows that anybody can cause, are each kept up to a number, so that strangers
/// cannot push the others out.
const MAX_OWN: i64 = 800;
const MAX_FOLDED: i64 = 200;
/// In seconds: what folds shares a row for so long. Where there is no user, only for a moment, as operators look an attempt up
/// by its request.
const FOLDED_FOR_USER: i64 = 86_400;
const FOLDED_WITHOUT_USER: i64 = 60;

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
            "SELECT id, at, kind, user_id, provider, outcome, reasons, ip, user_agent, request_id, authentication, times, \
             last_at, actor FROM events WHERE ",
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
    times: i64,
    last_at: i64,
    actor: Option<String>,
}

impl TryFrom<EventRow> for PastEvent {
    type Error = StoreError;

    fn try_from(row: EventRow) -> Result<Self, StoreError> {
        let reasons = serde_json::from_str(&row.reasons).map_err(|_| StoreError::Corrupt("events.reasons".into()))?;
        Ok(Self {
            id: Uuid::try_parse(&row.id).map_err(|_| StoreError::Corrupt("events.id".into()))?,
            at: time(row.at)?,
            last_at: time(row.last_at)?,
            user: row.user_id,
            codes: EventCodes { kind: row.kind, provider: row.provider, outcome: row.outcome, reasons },
            client: ClientInfo {
                ip: row.ip.and_then(|ip| ip.parse().ok()),
                user_agent: row.user_agent,
                request_id: row.request_id,
                actor: Actor::from_code(row.actor.as_deref()),
                zone: None,
            },
            authentication: row.authentication.and_then(|json| serde_json::from_str(&json).ok()),
            times: row.times,
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
        let mut write = self.write().await?;
        note(write.connection(), audit, user, event).await?;
        write.commit().await
    }
}

/// Records, within a transaction, what was done in it.
pub(in crate::store) async fn note(
    connection: &mut Connection,
    audit: &AuditContext,
    user: Option<UserId>,
    event: &AuditEvent,
) -> Result<(), StoreError> {
    let (id, at, client) = (ids::id(audit.now)?, audit.now, &audit.client);
    record(connection, &NewEvent { id, at, event, user, client, authentication: None }).await
}

/// Records an event within a transaction, in a row of its own or in that of the same events of the day. The id of a deleted user
/// is not written: a late event must not bring it back. The row stays where it is in the list, and in the indexes of the order,
/// so that a page continues where the one before ended.
///
/// With or without a user it costs the same queries: the time of an answer must not reveal whether an account exists.
pub(in crate::store) async fn record(connection: &mut Connection, event: &NewEvent<'_>) -> Result<(), StoreError> {
    let codes = EventCodes::from(event.event);
    let fold = fold_of(event, &codes);
    let surplus = if fold.is_some() { SURPLUS_FOLDED } else { SURPLUS_OWN };
    inspect::record(|_| Step::row("events", Change::Inserted));
    sqlx::query(
        "INSERT INTO events (id, at, kind, user_id, provider, outcome, reasons, ip, user_agent, request_id, authentication, \
         times, last_at, fold, actor) \
         VALUES ($1, $2, $3, (SELECT id FROM users WHERE id = $4), $5, $6, $7, $8, $9, $10, $11, 1, $2, $12, $13) \
         ON CONFLICT (fold) WHERE fold IS NOT NULL DO UPDATE SET times = events.times + 1, last_at = excluded.last_at, \
         reasons = excluded.reasons, ip = excluded.ip, user_agent = excluded.user_agent, request_id = excluded.request_id, \
         authentication = excluded.authentication",
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
    .bind(fold)
    .bind(event.client.actor.code())
    .execute(&mut *connection)
    .await?;
    sqlx::query(surplus)
        .bind(event.user.unwrap_or(UserId::NOBODY).to_string())
        .bind(if surplus == SURPLUS_OWN { MAX_OWN } else { MAX_FOLDED })
        .execute(connection)
        .await?;
    Ok(())
}

/// The oldest rows of a user beyond `$2`. Not more at once than a row that is written makes surplus, except where an older
/// version has left more.
const SURPLUS_OWN: &str = "DELETE FROM events WHERE id IN (SELECT id FROM events WHERE user_id = $1 AND fold IS NULL \
     ORDER BY id DESC LIMIT 100 OFFSET $2)";
const SURPLUS_FOLDED: &str = "DELETE FROM events WHERE id IN (SELECT id FROM events WHERE user_id = $1 AND fold IS NOT NULL \
     ORDER BY id DESC LIMIT 100 OFFSET $2)";

/// What the event shares its row by: the same for the same codes and user within a period. What a provider said does not count:
/// the user can choose it. A hash, so that no deleted user's id stays.
fn fold_of(event: &NewEvent<'_>, codes: &EventCodes) -> Option<String> {
    if !event.event.folds() {
        return None;
    }
    let (user, period) = match event.user {
        Some(user) => (user.to_string(), FOLDED_FOR_USER),
        None => (String::new(), FOLDED_WITHOUT_USER),
    };
    let reasons = if codes.outcome == FAILED { codes.reasons.get(..1).unwrap_or_default() } else { &codes.reasons };
    let period = event.at.unix_timestamp().div_euclid(period);
    let EventCodes { kind, provider, outcome, .. } = codes;
    Some(sha256_base64url(format!(
        "{user} {kind} {} {outcome} {reasons:?} {period}",
        provider.as_deref().unwrap_or_default()
    )))
}
