//! The table `used_flows`: each flow is used once.

use time::OffsetDateTime;

use crate::accounts::UserId;
use crate::inspect::{self, Change, Step};
use crate::sealing::sha256_base64url;
use crate::store::engine::connection::Connection;
use crate::store::engine::database::Database;
use crate::store::error::StoreError;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FlowStatus {
    Unused,
    /// It is in progress, or failed.
    Used,
    /// It opened a session.
    Completed(CompletedFlow),
}

/// A flow that opened a session, and whose: as a hash, so that the row reveals no user and may stay when they are deleted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompletedFlow {
    id_hash: String,
    completed_by: String,
}

impl CompletedFlow {
    /// Whether it opened a session of this user.
    pub fn is_of(&self, user: UserId) -> bool {
        self.completed_by == completed_by(&self.id_hash, user)
    }
}

fn completed_by(id_hash: &str, user: UserId) -> String {
    sha256_base64url(format!("{id_hash} {user}"))
}

impl Database {
    /// True for the first caller only. The row is kept until `expires_at`, when the flow's cookie expires.
    ///
    /// # Errors
    /// [`StoreError`]: the flow must not continue then.
    pub async fn mark_flow_used(&self, id_hash: &str, expires_at: OffsetDateTime) -> Result<bool, StoreError> {
        let _turn = self.turn().await?;
        let marked = sqlx::query(
            "INSERT INTO used_flows (id_hash, expires_at) VALUES ($1, $2) ON CONFLICT (id_hash) DO NOTHING",
        )
        .bind(id_hash)
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
        let row: Option<(Option<String>,)> = sqlx::query_as("SELECT completed_by FROM used_flows WHERE id_hash = $1")
            .bind(id_hash)
            .fetch_optional(&self.pool)
            .await?;
        Ok(match row {
            None => FlowStatus::Unused,
            Some((None,)) => FlowStatus::Used,
            Some((Some(completed_by),)) => {
                FlowStatus::Completed(CompletedFlow { id_hash: id_hash.to_owned(), completed_by })
            }
        })
    }
}

/// As [`Database::complete_flow`].
pub(in crate::store) async fn complete_flow(
    connection: &mut Connection,
    id_hash: &str,
    user: UserId,
) -> Result<bool, StoreError> {
    inspect::record(|_| Step::row("used_flows", Change::Updated));
    let completed = sqlx::query("UPDATE used_flows SET completed_by = $2 WHERE id_hash = $1 AND completed_by IS NULL")
        .bind(id_hash)
        .bind(completed_by(id_hash, user))
        .execute(connection)
        .await?;
    Ok(completed.rows_affected() == 1)
}
