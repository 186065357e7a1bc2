//! Deletes expired rows in batches. Small batches keep other writers from waiting: call again while a batch is full.

use time::{Duration, OffsetDateTime};

use crate::store::engine::database::Database;
use crate::store::engine::engines::Engine;
use crate::store::error::StoreError;
use crate::store::ids::first_at;
use crate::store::sessions::renewal::RENEWAL_RACE;

/// What is swept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SweepStep {
    /// Not deleted, but noted: why they ended.
    ExpiredSessions,
    Sessions,
    EndedSessions,
    /// The sealed secrets of renewals that no request races with any more. The rows stay.
    Renewals,
    UsedFlows,
    /// Links in emails.
    EmailTokens,
    EmailCodes,
    PendingEmailChanges,
    /// Sign-ins whose second step never came.
    PendingSignIns,
    TrustedBrowsers,
    /// Events without a user: anybody can cause those, and they must not grow without bound.
    AnonymousEvents,
    /// Events of users who are there.
    OldEvents,
    /// Allowances that are whole again.
    RateLimits,
    DataDeletions,
}

/// The two statements of a batch. On PostgreSQL, processes that sweep at the same time skip each other's rows, where they
/// would wait for one another, or deadlock; and an array is looked up in the index, where a plan for any `$2` would join
/// with the whole table.
macro_rules! batches {
    ($head:expr, $rows:expr) => {
        [concat!($head, " IN (", $rows, ")"), concat!($head, " = ANY (ARRAY(", $rows, " FOR UPDATE SKIP LOCKED))")]
    };
}

/// The same for rows of a table whose time has come, by its key.
macro_rules! expired {
    ($table:literal, $key:literal, $time:literal) => {
        batches!(
            concat!("DELETE FROM ", $table, " WHERE ", $key),
            concat!("SELECT ", $key, " FROM ", $table, " WHERE ", $time, " <= $1 ORDER BY ", $time, " LIMIT $2")
        )
    };
}

/// One batch of sessions that expired. Two processes that sweep at the same time note each once.
const NOTE_EXPIRED: &str = "INSERT INTO ended_sessions (session_key, user_id, reason, ended_at) \
     SELECT COALESCE(id_hash, id), user_id, 'expired', expires_at FROM sessions WHERE expires_at <= $1 \
     AND NOT EXISTS (SELECT 1 FROM ended_sessions WHERE session_key = COALESCE(sessions.id_hash, sessions.id)) \
     ORDER BY expires_at LIMIT $2 ON CONFLICT (session_key) DO NOTHING";

impl SweepStep {
    /// In the order of a round.
    pub const ALL: [Self; 14] = [
        Self::ExpiredSessions,
        Self::Sessions,
        Self::EndedSessions,
        Self::Renewals,
        Self::UsedFlows,
        Self::EmailTokens,
        Self::EmailCodes,
        Self::PendingEmailChanges,
        Self::PendingSignIns,
        Self::TrustedBrowsers,
        Self::AnonymousEvents,
        Self::OldEvents,
        Self::RateLimits,
        Self::DataDeletions,
    ];

    /// One batch, on SQLite and on PostgreSQL: `$1` is the present less [`kept_for`](Self::kept_for), as [`first_at`] for events, whose
    /// ids are in the order of time, and in Unix seconds for the others; `$2` is the number of rows.
    const fn statements(self) -> [&'static str; 2] {
        match self {
            Self::ExpiredSessions => [NOTE_EXPIRED; 2],
            // The idle expiry is never later than the absolute one, so one index finds both.
            Self::Sessions => expired!("sessions", "id", "expires_at"),
            Self::EndedSessions => expired!("ended_sessions", "session_key", "ended_at"),
            Self::Renewals => batches!(
                "UPDATE sessions SET renewal = NULL WHERE id",
                "SELECT id FROM sessions WHERE renewal IS NOT NULL AND renewed_at < $1 ORDER BY renewed_at LIMIT $2"
            ),
            Self::UsedFlows => expired!("used_flows", "id_hash", "expires_at"),
            Self::EmailTokens => expired!("email_tokens", "token_hash", "expires_at"),
            Self::EmailCodes => expired!("email_codes", "asked_by", "expires_at"),
            Self::PendingEmailChanges => expired!("pending_email_changes", "user_id", "expires_at"),
            Self::PendingSignIns => expired!("pending_sign_ins", "id_hash", "expires_at"),
            Self::TrustedBrowsers => expired!("trusted_browsers", "id", "expires_at"),
            Self::AnonymousEvents => batches!(
                "DELETE FROM events WHERE id",
                "SELECT id FROM events WHERE user_id IS NULL AND id < $1 ORDER BY id LIMIT $2"
            ),
            Self::OldEvents => {
                batches!("DELETE FROM events WHERE id", "SELECT id FROM events WHERE id < $1 ORDER BY id LIMIT $2")
            }
            Self::RateLimits => expired!("rate_limits", "bucket", "full_at"),
            Self::DataDeletions => expired!("data_deletions", "code", "requested_at"),
        }
    }

    /// For how long after the time in its row.
    const fn kept_for(self) -> Duration {
        match self {
            Self::ExpiredSessions
            | Self::Sessions
            | Self::UsedFlows
            | Self::EmailTokens
            | Self::EmailCodes
            | Self::PendingEmailChanges
            | Self::PendingSignIns
            | Self::TrustedBrowsers
            | Self::RateLimits => Duration::ZERO,
            Self::EndedSessions => Duration::days(30),
            Self::Renewals => RENEWAL_RACE,
            Self::AnonymousEvents => Duration::days(30),
            Self::OldEvents => Duration::days(400),
            Self::DataDeletions => Duration::days(90),
        }
    }
}

impl Database {
    /// Sweeps one batch and returns its number of rows, `limit` at most.
    pub async fn sweep(&self, step: SweepStep, now: OffsetDateTime, limit: u32) -> Result<u64, StoreError> {
        let _turn = self.turn().await?;
        let [on_sqlite, on_postgres] = step.statements();
        let statement = if self.engine == Engine::Sqlite { on_sqlite } else { on_postgres };
        let until = now - step.kept_for();
        let sweep = match step {
            SweepStep::AnonymousEvents | SweepStep::OldEvents => sqlx::query(statement).bind(first_at(until)),
            _ => sqlx::query(statement).bind(until.unix_timestamp()),
        };
        Ok(sweep.bind(i64::from(limit)).execute(&self.bulk).await?.rows_affected())
    }
}
