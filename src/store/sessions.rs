//! Queries on `sessions`.

use sqlx::AnyConnection;
use sqlx::FromRow;
use time::OffsetDateTime;

use super::database::Database;
use super::error::StoreError;
use super::users::{UserRow, time, user_columns};
use crate::accounts::{IdentityId, User, UserId};

/// A session to be written down.
#[derive(Clone, Debug)]
pub struct NewSession {
    /// Hash of the id in the cookie.
    pub id_hash: String,
    /// Who is signed in.
    pub user: UserId,
    /// The identity that opened it.
    pub identity: Option<IdentityId>,
    /// The provider's slug.
    pub provider: Option<String>,
    /// The browser's own description.
    pub user_agent: Option<String>,
    /// The client's address.
    pub address: Option<String>,
    /// What the application keeps in it, as JSON.
    pub data: String,
    /// Now.
    pub created_at: OffsetDateTime,
    /// Its idle end. Kept within the absolute one.
    pub expires_at: OffsetDateTime,
    /// Its absolute end.
    pub absolute_expires_at: OffsetDateTime,
}

/// A browser that is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Hash of the id in the cookie. Not a secret from its user: it opens nothing.
    pub id_hash: String,
    /// Who is signed in.
    pub user: UserId,
    /// The identity that opened it, if it is still linked.
    pub identity: Option<IdentityId>,
    /// The provider's slug.
    pub provider: Option<String>,
    /// The browser's own description.
    pub user_agent: Option<String>,
    /// The client's address at the sign-in.
    pub address: Option<String>,
    /// What the application keeps in it, as JSON.
    pub data: String,
    /// When the person signed in.
    pub created_at: OffsetDateTime,
    /// When it was last saved.
    pub last_seen_at: OffsetDateTime,
    /// Its idle end.
    pub expires_at: OffsetDateTime,
    /// Its absolute end.
    pub absolute_expires_at: OffsetDateTime,
}

/// A session together with its user, from one query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActiveSession {
    /// The session.
    pub session: Session,
    /// Its user.
    pub user: User,
}

macro_rules! session_columns {
    () => {
        "sessions.id_hash, sessions.user_id AS session_user_id, sessions.identity_id, sessions.provider, \
         sessions.user_agent, sessions.address, sessions.data, sessions.created_at, sessions.last_seen_at, \
         sessions.expires_at, sessions.absolute_expires_at"
    };
}

#[derive(FromRow)]
struct SessionRow {
    id_hash: String,
    session_user_id: String,
    identity_id: Option<String>,
    provider: Option<String>,
    user_agent: Option<String>,
    address: Option<String>,
    data: String,
    created_at: i64,
    last_seen_at: i64,
    expires_at: i64,
    absolute_expires_at: i64,
}

#[derive(FromRow)]
struct ActiveSessionRow {
    #[sqlx(flatten)]
    session: SessionRow,
    #[sqlx(flatten)]
    user: UserRow,
}

impl TryFrom<SessionRow> for Session {
    type Error = StoreError;

    fn try_from(row: SessionRow) -> Result<Self, StoreError> {
        Ok(Self {
            user: UserId::parse(&row.session_user_id)?,
            identity: row.identity_id.as_deref().map(IdentityId::parse).transpose()?,
            created_at: time(row.created_at)?,
            last_seen_at: time(row.last_seen_at)?,
            expires_at: time(row.expires_at)?,
            absolute_expires_at: time(row.absolute_expires_at)?,
            id_hash: row.id_hash,
            provider: row.provider,
            user_agent: row.user_agent,
            address: row.address,
            data: row.data,
        })
    }
}

impl Database {
    /// Writes a session down. False if its id is taken: try another.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the user or identity is gone; otherwise as every query.
    pub async fn create_session(&self, session: &NewSession) -> Result<bool, StoreError> {
        let _turn = self.turn().await?;
        let created = sqlx::query(
            "INSERT INTO sessions (id_hash, user_id, identity_id, provider, user_agent, address, data, created_at, \
             last_seen_at, expires_at, absolute_expires_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9, $10) ON CONFLICT (id_hash) DO NOTHING",
        )
        .bind(&session.id_hash)
        .bind(session.user.to_string())
        .bind(session.identity.map(|identity| identity.to_string()))
        .bind(session.provider.as_deref())
        .bind(session.user_agent.as_deref())
        .bind(session.address.as_deref())
        .bind(&session.data)
        .bind(session.created_at.unix_timestamp())
        .bind(session.expires_at.min(session.absolute_expires_at).unix_timestamp())
        .bind(session.absolute_expires_at.unix_timestamp())
        .execute(&self.pool)
        .await?;
        Ok(created.rows_affected() == 1)
    }

    /// The session of a cookie, with its user. `None` when there is none, when it is past its idle or absolute
    /// end, and when the user is disabled.
    ///
    /// # Errors
    /// As every query: [`StoreError`]. Not to be taken for a signed-out browser.
    pub async fn load_session(&self, id_hash: &str, now: OffsetDateTime) -> Result<Option<ActiveSession>, StoreError> {
        let row: Option<ActiveSessionRow> = sqlx::query_as(concat!(
            "SELECT ",
            session_columns!(),
            ", ",
            user_columns!(),
            " FROM sessions JOIN users ON users.id = sessions.user_id \
             WHERE sessions.id_hash = $1 AND sessions.expires_at > $2 AND sessions.absolute_expires_at > $2 \
             AND users.disabled_at IS NULL"
        ))
        .bind(id_hash)
        .bind(now.unix_timestamp())
        .fetch_optional(&self.pool)
        .await?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some(ActiveSession { session: row.session.try_into()?, user: row.user.try_into()? }))
    }

    /// Saves what a session holds and moves its idle end, within the absolute one. False when there is no such
    /// session any more: a request that outlives a sign-out must not bring it back.
    ///
    /// # Errors
    /// As every query: [`StoreError`].
    pub async fn save_session(
        &self,
        id_hash: &str,
        data: &str,
        expires_at: OffsetDateTime,
        now: OffsetDateTime,
    ) -> Result<bool, StoreError> {
        let _turn = self.turn().await?;
        let saved = sqlx::query(
            "UPDATE sessions SET data = $2, last_seen_at = $3, \
             expires_at = CASE WHEN $4 < absolute_expires_at THEN $4 ELSE absolute_expires_at END \
             WHERE id_hash = $1 AND expires_at > $3 AND absolute_expires_at > $3",
        )
        .bind(id_hash)
        .bind(data)
        .bind(now.unix_timestamp())
        .bind(expires_at.unix_timestamp())
        .execute(&self.pool)
        .await?;
        Ok(saved.rows_affected() == 1)
    }

    /// Ends a session. False when there was none.
    ///
    /// # Errors
    /// As every query: [`StoreError`].
    pub async fn delete_session(&self, id_hash: &str) -> Result<bool, StoreError> {
        let _turn = self.turn().await?;
        let deleted = sqlx::query("DELETE FROM sessions WHERE id_hash = $1").bind(id_hash).execute(&self.pool).await?;
        Ok(deleted.rows_affected() == 1)
    }

    /// Ends all sessions of a user, or all but the one that asks; tells how many.
    ///
    /// # Errors
    /// As every query: [`StoreError`].
    pub async fn delete_user_sessions(&self, user: UserId, except: Option<&str>) -> Result<u64, StoreError> {
        let _turn = self.turn().await?;
        let mut connection = self.pool.acquire().await?;
        delete_sessions_of(&mut connection, user, except).await
    }

    /// A user's sessions, the one that was used last first.
    ///
    /// # Errors
    /// As every query: [`StoreError`].
    pub async fn user_sessions(&self, user: UserId, now: OffsetDateTime) -> Result<Vec<Session>, StoreError> {
        let rows: Vec<SessionRow> = sqlx::query_as(concat!(
            "SELECT ",
            session_columns!(),
            " FROM sessions WHERE user_id = $1 AND expires_at > $2 AND absolute_expires_at > $2 \
             ORDER BY last_seen_at DESC, id_hash"
        ))
        .bind(user.to_string())
        .bind(now.unix_timestamp())
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter().map(Session::try_from).collect()
    }

    /// Deletes at most `limit` sessions that are past their end; tells how many. Small batches keep other
    /// writers from waiting: call again while it tells `limit`.
    ///
    /// # Errors
    /// As every query: [`StoreError`].
    pub async fn delete_expired_sessions(&self, now: OffsetDateTime, limit: u32) -> Result<u64, StoreError> {
        let _turn = self.turn().await?;
        // The idle end is never beyond the absolute one, so that one index finds both.
        let deleted = sqlx::query(
            "DELETE FROM sessions WHERE id_hash IN \
             (SELECT id_hash FROM sessions WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)",
        )
        .bind(now.unix_timestamp())
        .bind(i64::from(limit))
        .execute(&self.pool)
        .await?;
        Ok(deleted.rows_affected())
    }
}

/// Ends the sessions of a user as part of a transaction.
pub(super) async fn delete_sessions_of(
    connection: &mut AnyConnection,
    user: UserId,
    except: Option<&str>,
) -> Result<u64, StoreError> {
    // No hash is empty.
    let deleted = sqlx::query("DELETE FROM sessions WHERE user_id = $1 AND id_hash <> $2")
        .bind(user.to_string())
        .bind(except.unwrap_or_default())
        .execute(connection)
        .await?;
    Ok(deleted.rows_affected())
}
