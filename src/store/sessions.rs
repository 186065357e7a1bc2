//! Queries on `sessions`.

use sqlx::AnyConnection;
use time::OffsetDateTime;

use super::audit_context::AuditContext;
use super::database::Database;
use super::error::StoreError;
use super::events::note;
use super::session_rows::{ActiveSession, ActiveSessionRow, NewSession, Session, SessionRow, session_columns};
use super::user_rows::user_columns;
use super::write::Write;
use crate::accounts::UserId;

impl Database {
    /// Writes a session down. False if its id is taken: try another.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the user or identity is gone; otherwise as every query.
    pub async fn create_session(&self, session: &NewSession) -> Result<bool, StoreError> {
        self.replace_session(None, session).await
    }

    /// Ends the browser's earlier session, if it had one, and writes the new one down, in one transaction: who fails
    /// to get the new one keeps the old. False if the new id is taken: try another.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the user or identity is gone; otherwise as every query.
    pub async fn replace_session(&self, earlier: Option<&str>, session: &NewSession) -> Result<bool, StoreError> {
        let mut write = self.write().await?;
        if let Some(earlier) = earlier {
            delete_session(&mut write, earlier).await?;
        }
        // An id that is taken leaves everything as it was.
        let created = insert_session(write.connection(), session).await?;
        if created {
            write.commit().await?;
        }
        Ok(created)
    }

    /// The session of a cookie, with its user. `None` when there is none, when it is past its idle or absolute
    /// end, and when the user is disabled.
    ///
    /// # Errors
    /// As every query: [`StoreError`]. Not to be taken for a signed-out browser.
    pub async fn load_session(&self, id_hash: &str, now: OffsetDateTime) -> Result<Option<ActiveSession>, StoreError> {
        let mut connection = self.pool.acquire().await?;
        load_session(&mut connection, id_hash, now).await
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

    /// Notes that a session was used, and moves its idle end within the absolute one. False when there is no such
    /// session any more.
    ///
    /// # Errors
    /// As every query: [`StoreError`].
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

    /// Gives a session another id, because its person has just proven who they are (`reauthenticated_at`) or changed a way in: an
    /// id that somebody learned before is worth nothing after. Everything else stays. False when there is no such session
    /// any more.
    ///
    /// # Errors
    /// As every query: [`StoreError`].
    pub async fn renew_session(
        &self,
        id_hash: &str,
        new_hash: &str,
        reauthenticated_at: Option<OffsetDateTime>,
    ) -> Result<bool, StoreError> {
        let _turn = self.turn().await?;
        self.revocation_cache.session(id_hash);
        let renewed =
            sqlx::query("UPDATE sessions SET id_hash = $2, reauthenticated_at = COALESCE($3, reauthenticated_at) WHERE id_hash = $1")
                .bind(id_hash)
                .bind(new_hash)
                .bind(reauthenticated_at.map(OffsetDateTime::unix_timestamp))
                .execute(&self.pool)
                .await?;
        Ok(renewed.rows_affected() == 1)
    }

    /// Ends one session of a user, which another browser of theirs asked for. False when it is not theirs, or not there.
    ///
    /// # Errors
    /// As every query: [`StoreError`].
    pub async fn end_session(&self, user: UserId, id_hash: &str, audit: &AuditContext) -> Result<bool, StoreError> {
        // PostgreSQL takes no text with this in it; none of ours has it.
        if id_hash.contains('\0') {
            return Ok(false);
        }
        let mut write = self.write().await?;
        self.revocation_cache.session(id_hash);
        let deleted = sqlx::query("DELETE FROM sessions WHERE id_hash = $1 AND user_id = $2")
            .bind(id_hash)
            .bind(user.to_string())
            .execute(write.connection())
            .await?;
        if deleted.rows_affected() == 0 {
            return Ok(false);
        }
        note(write.connection(), audit, "device", Some(user), None, "ended", &[]).await?;
        write.commit().await?;
        Ok(true)
    }

    /// Ends a session because its person signs out of it, by whatever carries it. False when there was none: signing out
    /// twice is no error.
    ///
    /// # Errors
    /// As every query: [`StoreError`].
    pub async fn sign_out(&self, id_hash: &str, audit: &AuditContext) -> Result<bool, StoreError> {
        let mut write = self.write().await?;
        let of: Option<(String, Option<String>)> =
            sqlx::query_as("SELECT user_id, provider FROM sessions WHERE id_hash = $1")
                .bind(id_hash)
                .fetch_optional(write.connection())
                .await?;
        let Some((user, provider)) = of else { return Ok(false) };
        let ended = delete_session(&mut write, id_hash).await?;
        if ended {
            let user = UserId::parse(&user)?;
            note(write.connection(), audit, "sign_out", Some(user), provider.as_deref(), "signed_out", &[]).await?;
        }
        write.commit().await?;
        Ok(ended)
    }

    /// Ends all sessions of a user but the one that asks; tells how many.
    ///
    /// # Errors
    /// As every query: [`StoreError`].
    pub async fn end_other_sessions(&self, user: UserId, here: &str, audit: &AuditContext) -> Result<u64, StoreError> {
        let mut write = self.write().await?;
        let ended = delete_sessions_of(&mut write, user, Some(here)).await?;
        note(write.connection(), audit, "device", Some(user), None, "others_ended", &[]).await?;
        write.commit().await?;
        Ok(ended)
    }

    /// Ends a session. False when there was none.
    ///
    /// # Errors
    /// As every query: [`StoreError`].
    pub async fn delete_session(&self, id_hash: &str) -> Result<bool, StoreError> {
        let mut write = self.write().await?;
        let deleted = delete_session(&mut write, id_hash).await?;
        write.commit().await?;
        Ok(deleted)
    }

    /// Ends all sessions of a user, or all but the one that asks; tells how many.
    ///
    /// # Errors
    /// As every query: [`StoreError`].
    pub async fn delete_user_sessions(&self, user: UserId, except: Option<&str>) -> Result<u64, StoreError> {
        let mut write = self.write().await?;
        let deleted = delete_sessions_of(&mut write, user, except).await?;
        write.commit().await?;
        Ok(deleted)
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
}

/// Writes a session down as part of a transaction. False if its id is taken.
pub(super) async fn insert_session(connection: &mut AnyConnection, session: &NewSession) -> Result<bool, StoreError> {
    let created = sqlx::query(
        "INSERT INTO sessions (id_hash, user_id, identity_id, provider, user_agent, address, data, created_at, \
         last_seen_at, expires_at, absolute_expires_at, reauthenticated_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9, $10, $8) ON CONFLICT (id_hash) DO NOTHING",
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
    .execute(connection)
    .await?;
    Ok(created.rows_affected() == 1)
}

/// Reads a session that counts, with its user, as part of a transaction.
pub(super) async fn load_session(
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

/// Ends a session as part of a transaction. False when there was none.
pub(super) async fn delete_session(write: &mut Write<'_>, id_hash: &str) -> Result<bool, StoreError> {
    write.revocation_cache().session(id_hash);
    let deleted =
        sqlx::query("DELETE FROM sessions WHERE id_hash = $1").bind(id_hash).execute(write.connection()).await?;
    Ok(deleted.rows_affected() == 1)
}

/// Whether a session still counts, for who has the lock on its user: those who end all of them have it, too. A request
/// takes a while, and must not change what its session was ended to protect.
pub(super) async fn is_open(connection: &mut AnyConnection, user: UserId, id_hash: &str) -> Result<bool, StoreError> {
    let row: Option<(String,)> = sqlx::query_as(
        "SELECT users.id FROM sessions JOIN users ON users.id = sessions.user_id \
         WHERE sessions.id_hash = $1 AND users.id = $2 AND users.disabled_at IS NULL",
    )
    .bind(id_hash)
    .bind(user.to_string())
    .fetch_optional(connection)
    .await?;
    Ok(row.is_some())
}

/// Ends the sessions of a user as part of a transaction.
pub(super) async fn delete_sessions_of(
    write: &mut Write<'_>,
    user: UserId,
    except: Option<&str>,
) -> Result<u64, StoreError> {
    write.revocation_cache().user(user);
    // No hash is empty.
    let deleted = sqlx::query("DELETE FROM sessions WHERE user_id = $1 AND id_hash <> $2")
        .bind(user.to_string())
        .bind(except.unwrap_or_default())
        .execute(write.connection())
        .await?;
    Ok(deleted.rows_affected())
}
