//! The table `used_flows`: each flow is used once.

use time::OffsetDateTime;

use crate::accounts::UserId;
use crate::inspect::{self, Change, Step};
use crate::store::engine::connection::Connection;
use crate::store::engine::database::Database;
use crate::store::error::StoreError;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FlowStatus {
    Unused,
    /// It is in progress, or failed.
    Used,
    /// It opened a session.
    Completed {
        user: UserId,
    },
}

const USED: &str = "used";
const COMPLETED: &str = "completed";

impl Database {
    /// True for the first caller only. The row is kept until `expires_at`, when the flow's cookie expires.
    ///
    /// # Errors
    /// [`StoreError`]: the flow must not continue then.
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
        let is_first = marked.rows_affected() == 1;
        if is_first {
            inspect::record(|_| Step::row("used_flows", Change::Inserted));
        }
        Ok(is_first)
    }

    /// Records that a used flow opened a session of this user: a replay in that session is redirected to its
    /// destination. False if the flow is unknown or completed.
    pub async fn complete_flow(&self, id_hash: &str, user: UserId) -> Result<bool, StoreError> {
        let _turn = self.turn().await?;
        let mut connection = self.pool.acquire().await?;
        complete_flow(&mut connection, id_hash, user).await
    }

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

/// As [`Database::complete_flow`].
pub(in crate::store) async fn complete_flow(
    connection: &mut Connection,
    id_hash: &str,
    user: UserId,
) -> Result<bool, StoreError> {
    inspect::record(|_| Step::row("used_flows", Change::Updated));
    let completed = sqlx::query("UPDATE used_flows SET outcome = $2, user_id = $3 WHERE id_hash = $1 AND outcome = $4")
        .bind(id_hash)
        .bind(COMPLETED)
        .bind(user.to_string())
        .bind(USED)
        .execute(connection)
        .await?;
    Ok(completed.rows_affected() == 1)
}
