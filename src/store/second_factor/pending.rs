//! The table `pending_sign_ins`: sign-ins between their two steps.

use time::{Duration, OffsetDateTime};

use crate::accounts::{AuditEvent, LocalMethod, SecondFactorEvent, UserId};
use crate::store::audit::context::AuditContext;
use crate::store::audit::events::note;
use crate::store::email::sign_in_codes::{RightCode, use_up};
use crate::store::engine::connection::Connection;
use crate::store::engine::database::Database;
use crate::store::error::StoreError;

/// How long the second step may take.
pub const PENDING_LIFETIME: Duration = Duration::minutes(10);
/// Codes that may be tried in one sign-in.
const TRIES: i64 = 5;
/// Sign-ins of one user that wait for their second step. One more ends the oldest.
const MAX_PER_USER: i64 = 20;

impl Database {
    /// Notes that a sign-in has passed its first step. `id_hash` is the hash of its id, which is random. If the first step was
    /// a `code` from an email, it is used up.
    ///
    /// # Errors
    /// [`StoreError::EmailCodeUsed`]; otherwise as any query.
    pub async fn begin_second_step(
        &self,
        user: UserId,
        id_hash: &str,
        code: Option<&RightCode>,
        audit: &AuditContext,
    ) -> Result<(), StoreError> {
        let mut write = self.write_as(user).await?;
        if let Some(code) = code {
            use_up(write.connection(), user, code).await?;
        }
        sqlx::query(
            "DELETE FROM pending_sign_ins WHERE id_hash IN (SELECT id_hash FROM pending_sign_ins \
             WHERE user_id = $1 ORDER BY expires_at DESC, id_hash LIMIT $2 OFFSET $3)",
        )
        .bind(user.to_string())
        .bind(MAX_PER_USER)
        .bind(MAX_PER_USER - 1)
        .execute(write.connection())
        .await?;
        sqlx::query("INSERT INTO pending_sign_ins (id_hash, user_id, attempts, expires_at) VALUES ($1, $2, 0, $3)")
            .bind(id_hash)
            .bind(user.to_string())
            .bind((audit.now + PENDING_LIFETIME).unix_timestamp())
            .execute(write.connection())
            .await?;
        let event = AuditEvent::SecondFactor(SecondFactorEvent::Asked);
        note(write.connection(), audit, Some(user), &event).await?;
        write.commit().await
    }

    /// Whether the second step can still be done.
    pub async fn is_pending_sign_in(
        &self,
        user: UserId,
        id_hash: &str,
        now: OffsetDateTime,
    ) -> Result<bool, StoreError> {
        let row = sqlx::query(
            "SELECT id_hash FROM pending_sign_ins \
             WHERE id_hash = $1 AND user_id = $2 AND expires_at > $3 AND attempts < $4",
        )
        .bind(id_hash)
        .bind(user.to_string())
        .bind(now.unix_timestamp())
        .bind(TRIES)
        .fetch_optional(&self.pool)
        .await?;
        Ok(row.is_some())
    }

    /// Takes the row: of two requests that finish one sign-in, only the first gets true. `passkey`: the second step was one.
    pub async fn finish_second_step(
        &self,
        user: UserId,
        id_hash: &str,
        passkey: bool,
        audit: &AuditContext,
    ) -> Result<bool, StoreError> {
        let mut write = self.write_as(user).await?;
        let taken = take(write.connection(), user, id_hash, audit.now).await?;
        if taken && passkey {
            let event = AuditEvent::SecondFactorPassed { method: LocalMethod::Passkey };
            note(write.connection(), audit, Some(user), &event).await?;
        }
        write.commit().await?;
        Ok(taken)
    }
}

/// Counts a code. False if the sign-in is over: the last try may be the right one.
pub(in crate::store) async fn count_try(
    connection: &mut Connection,
    user: UserId,
    id_hash: &str,
    now: OffsetDateTime,
) -> Result<bool, StoreError> {
    let counted = sqlx::query(
        "UPDATE pending_sign_ins SET attempts = attempts + 1 \
         WHERE id_hash = $1 AND user_id = $2 AND expires_at > $3 AND attempts < $4",
    )
    .bind(id_hash)
    .bind(user.to_string())
    .bind(now.unix_timestamp())
    .bind(TRIES)
    .execute(connection)
    .await?;
    Ok(counted.rows_affected() == 1)
}

/// False if it is over.
pub(in crate::store) async fn take(
    connection: &mut Connection,
    user: UserId,
    id_hash: &str,
    now: OffsetDateTime,
) -> Result<bool, StoreError> {
    let taken = sqlx::query("DELETE FROM pending_sign_ins WHERE id_hash = $1 AND user_id = $2 AND expires_at > $3")
        .bind(id_hash)
        .bind(user.to_string())
        .bind(now.unix_timestamp())
        .execute(connection)
        .await?;
    Ok(taken.rows_affected() == 1)
}

/// A second step that is half done goes with the sessions: the first step may have been a thief's.
pub(in crate::store) async fn delete_pending_sign_ins(
    connection: &mut Connection,
    user: UserId,
) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM pending_sign_ins WHERE user_id = $1").bind(user.to_string()).execute(connection).await?;
    Ok(())
}
