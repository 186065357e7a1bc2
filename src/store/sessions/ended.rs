//! The table `ended_sessions`: why sessions ended.

use time::OffsetDateTime;

use crate::accounts::{SessionEnd, UserId};
use crate::store::engine::connection::Connection;
use crate::store::engine::database::Database;
use crate::store::error::StoreError;
use crate::store::sessions::refresh_token::RefreshToken;
use crate::store::sessions::rows::Session;

/// Notes the end of sessions. `$3` is the reason, `$4` the time.
macro_rules! note_end {
    ($condition:literal) => {
        concat!(
            "INSERT INTO ended_sessions (session_key, user_id, reason, ended_at) \
             SELECT COALESCE(id_hash, id), user_id, CAST($3 AS TEXT), CAST($4 AS BIGINT) FROM sessions WHERE ",
            $condition,
            " ON CONFLICT (session_key) DO NOTHING"
        )
    };
}

impl Database {
    /// Why the session of a cookie ended, by the hash of its secret. `None` if it is open, or if that is not known.
    pub async fn session_end(&self, id_hash: &str, now: OffsetDateTime) -> Result<Option<SessionEnd>, StoreError> {
        let mut connection = self.pool.acquire().await?;
        end_of(&mut connection, id_hash, now).await
    }

    /// Why the session of a refresh token ended. `None` also if the token was not issued here: a session's id is no secret.
    pub async fn session_end_of_refresh_token(
        &self,
        token: &RefreshToken,
        now: OffsetDateTime,
    ) -> Result<Option<SessionEnd>, StoreError> {
        if !token.is_authentic(&self.sealer) {
            return Ok(None);
        }
        let mut connection = self.pool.acquire().await?;
        end_of(&mut connection, token.session(), now).await
    }
}

async fn end_of(connection: &mut Connection, key: &str, now: OffsetDateTime) -> Result<Option<SessionEnd>, StoreError> {
    let noted: Option<(String,)> = sqlx::query_as("SELECT reason FROM ended_sessions WHERE session_key = $1")
        .bind(key)
        .fetch_optional(&mut *connection)
        .await?;
    if let Some((reason,)) = noted {
        return Ok(SessionEnd::from_code(&reason));
    }
    // Not swept yet.
    let expired: Option<(i64,)> = sqlx::query_as(
        "SELECT expires_at FROM sessions WHERE (id_hash = $1 OR (id = $1 AND id_hash IS NULL)) AND expires_at <= $2",
    )
    .bind(key)
    .bind(now.unix_timestamp())
    .fetch_optional(connection)
    .await?;
    Ok(expired.map(|_| SessionEnd::Expired))
}

/// Notes why the sessions of a user end, except one. The caller deletes them in the same transaction.
pub(in crate::store) async fn note_ends(
    connection: &mut Connection,
    user: UserId,
    except: Option<&str>,
    end: SessionEnd,
    now: OffsetDateTime,
) -> Result<(), StoreError> {
    // No id is empty.
    let except = except.unwrap_or_default();
    note(connection, note_end!("user_id = $1 AND id <> $2"), (user, except), end, now).await
}

/// The same for one session of a user, by its id.
pub(in crate::store) async fn note_end(
    connection: &mut Connection,
    user: UserId,
    id: &str,
    end: SessionEnd,
    now: OffsetDateTime,
) -> Result<(), StoreError> {
    note(connection, note_end!("user_id = $1 AND id = $2"), (user, id), end, now).await
}

/// The same for the sessions of a user that an identity opened.
pub(in crate::store) async fn note_ends_of_identity(
    connection: &mut Connection,
    user: UserId,
    identity: &str,
    end: SessionEnd,
    now: OffsetDateTime,
) -> Result<(), StoreError> {
    note(connection, note_end!("user_id = $1 AND identity_id = $2"), (user, identity), end, now).await
}

/// The same for the sessions of a user that were opened in a session at a provider.
pub(in crate::store) async fn note_ends_of_provider_session(
    connection: &mut Connection,
    user: UserId,
    provider_session: &str,
    end: SessionEnd,
    now: OffsetDateTime,
) -> Result<(), StoreError> {
    note(connection, note_end!("user_id = $1 AND provider_session = $2"), (user, provider_session), end, now).await
}

/// `statement` is one of `note_end!`, with the user as its `$1` and the other value as its `$2`.
async fn note(
    connection: &mut Connection,
    statement: &'static str,
    (user, value): (UserId, &str),
    end: SessionEnd,
    now: OffsetDateTime,
) -> Result<(), StoreError> {
    sqlx::query(statement)
        .bind(user.to_string())
        .bind(value)
        .bind(end.code())
        .bind(now.unix_timestamp())
        .execute(&mut *connection)
        .await?;
    forget_surplus(connection, user).await
}

/// The bound: a user who signs in and out, or ends sessions, leaves no more rows than that.
async fn forget_surplus(connection: &mut Connection, user: UserId) -> Result<(), StoreError> {
    sqlx::query(
        "DELETE FROM ended_sessions WHERE session_key IN (SELECT session_key FROM ended_sessions WHERE user_id = $1 \
         ORDER BY ended_at DESC, session_key LIMIT $2 OFFSET $2)",
    )
    .bind(user.to_string())
    .bind(Session::MAX_PER_USER)
    .execute(connection)
    .await?;
    Ok(())
}
