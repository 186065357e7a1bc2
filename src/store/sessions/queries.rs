//! Queries on `sessions`.

use sqlx::AnyConnection;
use time::OffsetDateTime;

use crate::accounts::UserId;
use crate::store::engine::database::Database;
use crate::store::error::StoreError;
use crate::store::sessions::end::delete_session;
use crate::store::sessions::rows::{ActiveSession, ActiveSessionRow, NewSession, Session, SessionRow, session_columns};
use crate::store::users::rows::user_columns;

impl Database {
    /// False if the id is taken: try another.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the user or identity is gone; otherwise as any query.
    pub async fn create_session(&self, session: &NewSession) -> Result<bool, StoreError> {
        self.replace_session(None, session).await
    }

    /// Replaces the browser's earlier session in one transaction: if it fails, the earlier session stays. False if the
    /// new id is taken: try another.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the user or identity is gone; otherwise as any query.
    pub async fn replace_session(&self, earlier: Option<&str>, session: &NewSession) -> Result<bool, StoreError> {
        let mut write = self.write().await?;
        if let Some(earlier) = earlier {
            delete_session(&mut write, earlier).await?;
        }
        // Rolled back if the id is taken.
        let created = insert_session(write.connection(), session).await?;
        if created {
            write.commit().await?;
        }
        Ok(created)
    }

    /// `None` when the session is unknown or expired, or its user is disabled.
    ///
    /// # Errors
    /// [`StoreError`], which does not mean signed out.
    pub async fn load_session(&self, id_hash: &str, now: OffsetDateTime) -> Result<Option<ActiveSession>, StoreError> {
        let mut connection = self.pool.acquire().await?;
        load_session(&mut connection, id_hash, now).await
    }

    /// Saves the session's data and extends the idle expiry, up to the absolute one. False when the session is gone: a
    /// request that outlives a sign-out must not recreate it.
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

    /// Extends the idle expiry, up to the absolute one. False when the session is gone.
    pub async fn touch_session(
        &self,
        id_hash: &str,
        expires_at: OffsetDateTime,
        now: OffsetDateTime,
    ) -> Result<bool, StoreError> {
        let _turn = self.turn().await?;
        let touched = sqlx::query(
            "UPDATE sessions SET last_seen_at = $2, \
             expires_at = CASE WHEN $3 < absolute_expires_at THEN $3 ELSE absolute_expires_at END \
             WHERE id_hash = $1 AND expires_at > $2 AND absolute_expires_at > $2",
        )
        .bind(id_hash)
        .bind(now.unix_timestamp())
        .bind(expires_at.unix_timestamp())
        .execute(&self.pool)
        .await?;
        Ok(touched.rows_affected() == 1)
    }

    /// Gives a session another id after a re-authentication (`reauthenticated_at`) or a change of credentials: an id
    /// that leaked before is useless after it. False when the session is gone.
    pub async fn renew_session(
        &self,
        id_hash: &str,
        new_hash: &str,
        reauthenticated_at: Option<OffsetDateTime>,
    ) -> Result<bool, StoreError> {
        let _turn = self.turn().await?;
        self.revocation_cache.session(id_hash);
        let renewed = sqlx::query(
            "UPDATE sessions SET id_hash = $2, reauthenticated_at = COALESCE($3, reauthenticated_at) \
             WHERE id_hash = $1",
        )
        .bind(id_hash)
        .bind(new_hash)
        .bind(reauthenticated_at.map(OffsetDateTime::unix_timestamp))
        .execute(&self.pool)
        .await?;
        Ok(renewed.rows_affected() == 1)
    }

    /// The most recently used first.
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
}

/// False if the id is taken.
pub(in crate::store) async fn insert_session(
    connection: &mut AnyConnection,
    session: &NewSession,
) -> Result<bool, StoreError> {
    let created = sqlx::query(
        "INSERT INTO sessions (id_hash, user_id, identity_id, provider, user_agent, ip, data, created_at, \
         last_seen_at, expires_at, absolute_expires_at, reauthenticated_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9, $10, $8) ON CONFLICT (id_hash) DO NOTHING",
    )
    .bind(&session.id_hash)
    .bind(session.user.to_string())
    .bind(session.identity.map(|identity| identity.to_string()))
    .bind(session.provider.as_deref())
    .bind(session.user_agent.as_deref())
    .bind(session.ip.as_deref())
    .bind(&session.data)
    .bind(session.created_at.unix_timestamp())
    .bind(session.expires_at.min(session.absolute_expires_at).unix_timestamp())
    .bind(session.absolute_expires_at.unix_timestamp())
    .execute(connection)
    .await?;
    Ok(created.rows_affected() == 1)
}

/// `None` when the session is unknown or expired, or its user is disabled.
pub(in crate::store) async fn load_session(
    connection: &mut AnyConnection,
    id_hash: &str,
    now: OffsetDateTime,
) -> Result<Option<ActiveSession>, StoreError> {
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
    .fetch_optional(connection)
    .await?;
    row.map(ActiveSession::try_from).transpose()
}
