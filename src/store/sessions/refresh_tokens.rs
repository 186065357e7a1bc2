//! The table `refresh_tokens`. The tokens of a session are one family and end with it.

use secrecy::SecretString;
use sqlx::AnyConnection;
use time::{Duration, OffsetDateTime};

use crate::store::engine::database::Database;
use crate::store::error::StoreError;
use crate::store::sessions::end::delete_session;
use crate::store::sessions::queries::{insert_session, load_session};
use crate::store::sessions::rows::{ActiveSession, NewSession};

/// Within this time after its first use, a token that is presented again yields the same next token: the first response
/// was lost, or went to another tab. Later it counts as theft.
pub(in crate::store) const GRACE: Duration = Duration::seconds(10);

/// The column `child` of a token that was replaced when its session got another id. Within the grace time such a token
/// is refused without ending the session.
pub(in crate::store) const REPLACED: &str = "";

/// The hash is stored; the token itself is sealed for retries.
#[derive(Clone, Debug)]
pub struct NewRefreshToken {
    pub hash: String,
    pub text: SecretString,
}

#[derive(Debug)]
pub enum Rotation {
    /// First use: `child` is the next token.
    Rotated(ActiveSession),
    /// A retry within the grace time: the next token is the one from the first use.
    Again { child: SecretString, session: ActiveSession },
    /// Reuse: the session has ended, and its user is notified by email.
    Reused,
    /// There is no such token or its session has ended, or it was just replaced.
    Unknown,
}

impl Database {
    /// Opens a token session with its first refresh token, in place of an earlier session. False if an id is taken: try
    /// others.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the user or identity is gone; otherwise as any query.
    pub async fn open_token_session(
        &self,
        earlier: Option<&str>,
        session: &NewSession,
        first: &NewRefreshToken,
    ) -> Result<bool, StoreError> {
        let mut write = self.write().await?;
        if let Some(earlier) = earlier {
            delete_session(&mut write, earlier).await?;
        }
        if !insert_session(write.connection(), session).await? {
            return Ok(false);
        }
        insert(write.connection(), &first.hash, &session.id_hash, None, session.created_at).await?;
        write.commit().await?;
        Ok(true)
    }

    /// Gives a session another id, as [`renew_session`](Self::renew_session) does, and replaces its refresh token.
    /// Older tokens stop working at once: a leaked copy must not benefit from the re-authentication. Within the grace
    /// time they are only refused, as another tab may present one; then they count as reuse. False when the session is
    /// gone.
    pub async fn renew_token_session(
        &self,
        id_hash: &str,
        new_hash: &str,
        reauthenticated_at: Option<OffsetDateTime>,
        next: &NewRefreshToken,
        now: OffsetDateTime,
    ) -> Result<bool, StoreError> {
        let mut write = self.write().await?;
        self.revocation_cache.session(id_hash);
        let renewed = sqlx::query(
            "UPDATE sessions SET id_hash = $2, reauthenticated_at = COALESCE($3, reauthenticated_at) \
             WHERE id_hash = $1",
        )
        .bind(id_hash)
        .bind(new_hash)
        .bind(reauthenticated_at.map(OffsetDateTime::unix_timestamp))
        .execute(write.connection())
        .await?;
        if renewed.rows_affected() == 0 {
            return Ok(false);
        }
        // The current token, and those that could still be retried.
        sqlx::query(
            "UPDATE refresh_tokens SET used_at = COALESCE(used_at, $2), child = $3 \
             WHERE session = $1 AND (used_at IS NULL OR child IS NOT NULL)",
        )
        .bind(new_hash)
        .bind(now.unix_timestamp())
        .bind(REPLACED)
        .execute(write.connection())
        .await?;
        // Without a parent: using the next token must not turn a late tab into a reuse.
        insert(write.connection(), &next.hash, new_hash, None, now).await?;
        write.commit().await?;
        Ok(true)
    }

    /// The session of a refresh token, used or not.
    pub async fn session_of_refresh_token(&self, hash: &str) -> Result<Option<String>, StoreError> {
        let mut connection = self.pool.acquire().await?;
        family(&mut connection, hash).await
    }

    /// The session of a refresh token that could be used or retried now. Does not use it.
    pub async fn look_at_refresh_token(
        &self,
        hash: &str,
        now: OffsetDateTime,
    ) -> Result<Option<ActiveSession>, StoreError> {
        let mut connection = self.pool.acquire().await?;
        let row: Option<(String,)> = sqlx::query_as(
            "SELECT session FROM refresh_tokens \
             WHERE token_hash = $1 AND (used_at IS NULL OR (child <> $3 AND used_at >= $2))",
        )
        .bind(hash)
        .bind((now - GRACE).unix_timestamp())
        .bind(REPLACED)
        .fetch_optional(&mut *connection)
        .await?;
        match row {
            Some((session,)) => load_session(&mut connection, &session, now).await,
            None => Ok(None),
        }
    }

    /// Deletes at most `limit` sealed children whose grace time is over. Returns their number.
    pub async fn forget_children(&self, now: OffsetDateTime, limit: u32) -> Result<u64, StoreError> {
        let _turn = self.turn().await?;
        let forgotten = sqlx::query(
            "UPDATE refresh_tokens SET child = NULL WHERE token_hash IN \
             (SELECT token_hash FROM refresh_tokens WHERE child IS NOT NULL AND used_at < $1 ORDER BY used_at LIMIT $2)",
        )
        .bind((now - GRACE).unix_timestamp())
        .bind(i64::from(limit))
        .execute(&self.pool)
        .await?;
        Ok(forgotten.rows_affected())
    }
}

pub(in crate::store) async fn family(connection: &mut AnyConnection, hash: &str) -> Result<Option<String>, StoreError> {
    let row: Option<(String,)> = sqlx::query_as("SELECT session FROM refresh_tokens WHERE token_hash = $1")
        .bind(hash)
        .fetch_optional(connection)
        .await?;
    Ok(row.map(|(session,)| session))
}

pub(in crate::store) async fn insert(
    connection: &mut AnyConnection,
    hash: &str,
    session: &str,
    parent: Option<&str>,
    now: OffsetDateTime,
) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO refresh_tokens (token_hash, session, parent_hash, created_at) VALUES ($1, $2, $3, $4)")
        .bind(hash)
        .bind(session)
        .bind(parent)
        .bind(now.unix_timestamp())
        .execute(connection)
        .await?;
    Ok(())
}
