//! What the policy decided, and what it would decide: for whoever has to explain it.

use sqlx::FromRow;
use time::OffsetDateTime;

use super::database::Database;
use super::error::StoreError;
use super::events::AuditClient;
use super::linking_context::gather;
use super::user_rows::time;
use crate::accounts::{Decision, EmailAddress, Facts, Purpose, SignUp, UserId, decide};

/// A decision of the policy, as the audit trail has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PastDecision {
    /// The event's id.
    pub event: String,
    /// When.
    pub at: OffsetDateTime,
    /// What was going on: a purpose's code, or `sign_up`.
    pub kind: String,
    /// Whom it concerned, if anybody. They may be gone.
    pub user: Option<String>,
    /// The provider's slug.
    pub provider: Option<String>,
    /// The answer's code.
    pub answer: String,
    /// The codes of the reasons, in the order in which they were found.
    pub reasons: Vec<String>,
    /// Where the request came from.
    pub client: AuditClient,
}

/// The columns of [`DecisionRow`]. Among the events, decisions are those that have reasons; a refusal before anybody was
/// asked who it is has its cause there, and is none.
macro_rules! select_decisions {
    ($rest:literal) => {
        concat!(
            "SELECT id, at, kind, user_id, provider, outcome, reasons, address, user_agent, request_id FROM events \
             WHERE reasons <> '[]' AND outcome <> 'refused' AND ",
            $rest
        )
    };
}

#[derive(FromRow)]
struct DecisionRow {
    id: String,
    at: i64,
    kind: String,
    user_id: Option<String>,
    provider: Option<String>,
    outcome: String,
    reasons: String,
    address: Option<String>,
    user_agent: Option<String>,
    request_id: Option<String>,
}

impl TryFrom<DecisionRow> for PastDecision {
    type Error = StoreError;

    fn try_from(row: DecisionRow) -> Result<Self, StoreError> {
        Ok(Self {
            event: row.id,
            at: time(row.at)?,
            kind: row.kind,
            user: row.user_id,
            provider: row.provider,
            answer: row.outcome,
            reasons: serde_json::from_str(&row.reasons).map_err(|_| StoreError::Corrupt("events.reasons".into()))?,
            client: AuditClient { address: row.address, user_agent: row.user_agent, request_id: row.request_id },
        })
    }
}

impl Database {
    /// The decisions about a user, the newest first, `limit` at most. Also of one who is gone.
    ///
    /// # Errors
    /// As every query: [`StoreError`].
    pub async fn decisions_about(&self, user: UserId, limit: u32) -> Result<Vec<PastDecision>, StoreError> {
        let rows: Vec<DecisionRow> =
            sqlx::query_as(select_decisions!("user_id = $1 ORDER BY at DESC, id DESC LIMIT $2"))
                .bind(user.to_string())
                .bind(i64::from(limit))
                .fetch_all(&self.pool)
                .await?;
        rows.into_iter().map(PastDecision::try_from).collect()
    }

    /// The decision of an event's id, or those of a request's id as the log has it, the newest first.
    ///
    /// # Errors
    /// As every query: [`StoreError`].
    pub async fn decisions_of(&self, event_or_request: &str) -> Result<Vec<PastDecision>, StoreError> {
        let rows: Vec<DecisionRow> =
            sqlx::query_as(select_decisions!("(id = $1 OR request_id = $1) ORDER BY at DESC, id DESC"))
                .bind(event_or_request)
                .fetch_all(&self.pool)
                .await?;
        rows.into_iter().map(PastDecision::try_from).collect()
    }

    /// The user who owns an address, proven.
    ///
    /// # Errors
    /// As every query: [`StoreError`].
    pub async fn owner_of(&self, address: &EmailAddress) -> Result<Option<UserId>, StoreError> {
        let row: Option<(String,)> = sqlx::query_as("SELECT id FROM users WHERE verified_email = $1")
            .bind(address.as_str())
            .fetch_optional(&self.pool)
            .await?;
        row.map(|(id,)| Ok(UserId::parse(&id)?)).transpose()
    }

    /// What the policy would decide about a profile now, by the way that a real one takes, up to the point where
    /// something would change. `None` when `session_user` is nobody.
    ///
    /// # Errors
    /// As every query: [`StoreError`].
    pub async fn suppose(
        &self,
        purpose: &Purpose,
        facts: &Facts,
        session_user: Option<UserId>,
        sign_up: &SignUp,
    ) -> Result<Option<Decision>, StoreError> {
        // Never committed: rolled back when dropped.
        let mut write = self.write().await?;
        let linking_context = gather(&mut write, facts, session_user, None, sign_up).await?.linking_context;
        if session_user.is_some() && linking_context.session_user.is_none() {
            return Ok(None);
        }
        Ok(Some(decide(purpose, facts, &linking_context)))
    }
}
