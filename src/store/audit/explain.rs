//! What the linking policy decided, and what it would decide: for `latchkey explain-link`.

use crate::accounts::{Decision, EmailAddress, Facts, Purpose, SecondFactorPolicy, UserId, decide};
use crate::store::audit::events::{EventRow, PastEvent, select_events};
use crate::store::engine::database::Database;
use crate::store::error::StoreError;
use crate::store::linking::gather::gather;
use crate::store::linking::request::Admission;

/// Decisions, and flows that failed before the policy was asked, are the events that have reasons.
macro_rules! select_decisions {
    ($rest:literal) => {
        concat!(select_events!("reasons <> '[]' AND "), $rest)
    };
}

impl Database {
    /// The linking policy's decisions about a user, and the flows that failed before it was asked, the newest first, `limit` at most. The user may be gone.
    pub async fn decisions_about(&self, user: UserId, limit: u32) -> Result<Vec<PastEvent>, StoreError> {
        let rows: Vec<EventRow> = sqlx::query_as(select_decisions!("user_id = $1 ORDER BY id DESC LIMIT $2"))
            .bind(user.to_string())
            .bind(i64::from(limit))
            .fetch_all(&self.pool)
            .await?;
        rows.into_iter().map(PastEvent::try_from).collect()
    }

    /// The decision or failed flow with this event id, or those of the request with this id in the log, the newest first.
    pub async fn decisions_of(&self, event_or_request: &str) -> Result<Vec<PastEvent>, StoreError> {
        let rows: Vec<EventRow> = sqlx::query_as(select_decisions!("(id = $1 OR request_id = $1) ORDER BY id DESC"))
            .bind(event_or_request)
            .fetch_all(&self.pool)
            .await?;
        rows.into_iter().map(PastEvent::try_from).collect()
    }

    /// The user with this verified email address.
    pub async fn owner_of(&self, email: &EmailAddress) -> Result<Option<UserId>, StoreError> {
        let row: Option<(String,)> = sqlx::query_as("SELECT id FROM users WHERE verified_email = $1")
            .bind(email.as_str())
            .fetch_optional(&self.pool)
            .await?;
        row.map(|(id,)| Ok(UserId::parse(&id)?)).transpose()
    }

    /// What the linking policy would decide about a profile now; changes nothing. `None` when `session_user` does not
    /// exist.
    pub async fn simulate(
        &self,
        purpose: &Purpose,
        facts: &Facts,
        session_user: Option<UserId>,
        admission: &Admission<'_>,
        second_factor: SecondFactorPolicy,
    ) -> Result<Option<Decision>, StoreError> {
        // Never committed: rolled back when dropped.
        let mut write = self.write().await?;
        let gathered = gather(&mut write, facts, session_user, None, admission, second_factor).await?;
        let linking_context = gathered.linking_context;
        if session_user.is_some() && linking_context.session_user.is_none() {
            return Ok(None);
        }
        Ok(Some(decide(purpose, facts, &linking_context)))
    }
}
