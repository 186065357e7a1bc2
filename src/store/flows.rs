//! Flows count once.

use time::OffsetDateTime;

use super::database::Database;
use super::error::StoreError;
use crate::accounts::UserId;

/// What became of a flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FlowStatus {
    /// It has not come back yet.
    Unused,
    /// It has come back; it is under way, or it failed.
    Used,
    /// It ended in a session.
    Completed {
        /// Of this user.
        user: UserId,
    },
}

const USED: &str = "used";
const COMPLETED: &str = "completed";

impl Database {
    /// Marks a flow used: true for the first caller, false for everybody after, however many at once.
    /// The row is kept until `expires_at`, when the flow in the cookie is void anyway.
    ///
    /// # Errors
    /// As every query: [`StoreError`]. The flow must not go on then.
    pub async fn mark_flow_used(&self, id_hash: &str, expires_at: OffsetDateTime) -> Result<bool, StoreError> {
        let _turn = self.turn().await?;
        let marked = sqlx::query(
            "INSERT INTO used_flows (id_hash, outcome, expires_at) VALUES ($1, $2, $3) ON CONFLICT (id_hash) DO NOTHING",
        )
        .bind(id_hash)
        .bind(USED)
        .bind(expires_at.unix_timestamp())
        .execute(&self.pool)
        .await?;
        Ok(marked.rows_affected() == 1)
    }

    /// Notes that a used flow ended in a session of this user, so that a replay in that session can be sent on
    /// its way. False if the flow is not there, or is completed already.
    ///
    /// # Errors
    /// As every query: [`StoreError`].
    pub async fn complete_flow(&self, id_hash: &str, user: UserId) -> Result<bool, StoreError> {
        let _turn = self.turn().await?;
        let completed =
            sqlx::query("UPDATE used_flows SET outcome = $2, user_id = $3 WHERE id_hash = $1 AND outcome = $4")
                .bind(id_hash)
                .bind(COMPLETED)
                .bind(user.to_string())
                .bind(USED)
                .execute(&self.pool)
                .await?;
        Ok(completed.rows_affected() == 1)
    }

    /// What became of a flow.
    ///
    /// # Errors
    /// As every query: [`StoreError`].
    pub async fn flow_status(&self, id_hash: &str) -> Result<FlowStatus, StoreError> {
        let row: Option<(String, Option<String>)> =
            sqlx::query_as("SELECT outcome, user_id FROM used_flows WHERE id_hash = $1")
                .bind(id_hash)
                .fetch_optional(&self.pool)
                .await?;
        match row {
            None => Ok(FlowStatus::Unused),
            Some((outcome, Some(user))) if outcome == COMPLETED => {
                Ok(FlowStatus::Completed { user: UserId::parse(&user)? })
            }
            Some((outcome, _)) if outcome == USED => Ok(FlowStatus::Used),
            Some(_) => Err(StoreError::Corrupt("used_flows.outcome".into())),
        }
    }
}
