//! Deletes expired rows in batches. Small batches keep other writers from waiting: call again while a batch is full.

use time::{Duration, OffsetDateTime};

use crate::store::engine::database::Database;
use crate::store::error::StoreError;
use crate::store::sessions::renewal::RENEWAL_RACE;

/// What is swept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SweepStep {
    Sessions,
    /// The sealed secrets of renewals that no request races with any more. The rows stay.
    Renewals,
    UsedFlows,
    /// Links in emails.
    EmailTokens,
    EmailCodes,
    /// Events without a user: anybody can cause those, and they must not grow without bound.
    AnonymousEvents,
    /// Events of users who are there.
    OldEvents,
}

impl SweepStep {
    /// In the order of a round.
    pub const ALL: [Self; 7] = [
        Self::Sessions,
        Self::Renewals,
        Self::UsedFlows,
        Self::EmailTokens,
        Self::EmailCodes,
        Self::AnonymousEvents,
        Self::OldEvents,
    ];

    /// One batch: `$1` is the present less [`kept_for`](Self::kept_for), `$2` the number of rows.
    const fn statement(self) -> &'static str {
        match self {
            // The idle expiry is never later than the absolute one, so one index finds both.
            Self::Sessions => {
                "DELETE FROM sessions WHERE id IN \
                 (SELECT id FROM sessions WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)"
            }
            Self::Renewals => {
                "UPDATE sessions SET renewal = NULL WHERE id IN \
                 (SELECT id FROM sessions WHERE renewal IS NOT NULL AND renewed_at < $1 ORDER BY renewed_at LIMIT $2)"
            }
            Self::UsedFlows => {
                "DELETE FROM used_flows WHERE id_hash IN \
                 (SELECT id_hash FROM used_flows WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)"
            }
            Self::EmailTokens => {
                "DELETE FROM email_tokens WHERE token_hash IN \
                 (SELECT token_hash FROM email_tokens WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)"
            }
            Self::EmailCodes => {
                "DELETE FROM email_codes WHERE session_id IN \
                 (SELECT session_id FROM email_codes WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)"
            }
            Self::AnonymousEvents => {
                "DELETE FROM events WHERE id IN \
                 (SELECT id FROM events WHERE user_id IS NULL AND at < $1 ORDER BY at LIMIT $2)"
            }
            Self::OldEvents => {
                "DELETE FROM events WHERE id IN (SELECT id FROM events WHERE at < $1 ORDER BY at LIMIT $2)"
            }
        }
    }

    /// For how long after the time in its row.
    const fn kept_for(self) -> Duration {
        match self {
            Self::Sessions | Self::UsedFlows | Self::EmailTokens | Self::EmailCodes => Duration::ZERO,
            Self::Renewals => RENEWAL_RACE,
            Self::AnonymousEvents => Duration::days(30),
            Self::OldEvents => Duration::days(400),
        }
    }
}

impl Database {
    /// Sweeps one batch and returns its number of rows, `limit` at most.
    pub async fn sweep(&self, step: SweepStep, now: OffsetDateTime, limit: u32) -> Result<u64, StoreError> {
        let _turn = self.turn().await?;
        let swept = sqlx::query(step.statement())
            .bind((now - step.kept_for()).unix_timestamp())
            .bind(i64::from(limit))
            .execute(&self.pool)
            .await?;
        Ok(swept.rows_affected())
    }
}
