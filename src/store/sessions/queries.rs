//! Queries on `sessions`.

use time::{Duration, OffsetDateTime};

use crate::accounts::{AuditEvent, AuthenticationMethod, LocalMethod, SessionEnd, UserId};
use crate::inspect::{self, Change, Step};
use crate::sealing::sha256_base64url;
use crate::store::audit::context::AuditContext;
use crate::store::audit::events::note;
use crate::store::email::sign_in_codes::use_up;
use crate::store::engine::connection::Connection;
use crate::store::engine::database::Database;
use crate::store::engine::read::Columns;
use crate::store::engine::write::Write;
use crate::store::error::StoreError;
use crate::store::ids::session_id;
use crate::store::sessions::condition::OpeningCondition;
use crate::store::sessions::end::{delete_session, delete_session_by_hash};
use crate::store::sessions::ended::note_end;
use crate::store::sessions::known_browsers::recognise;
use crate::store::sessions::rows::{
    ActiveSession, ActiveSessionRow, NewSession, Session, SessionRow, authentications_json, session_columns,
};
use crate::store::users::passwords::password_of;
use crate::store::users::rows::user_columns;

/// The idle expiry of a session in use may be earlier than its last use says by so much.
const EXPIRY_STEP: Duration = Duration::hours(1);

/// Selects an [`ActiveSessionRow`], after further columns from a further join. `$2` is the time.
macro_rules! active_session {
    ($columns:literal, $join:literal, $condition:literal) => {
        concat!(
            "SELECT ",
            $columns,
            session_columns!(),
            ", ",
            user_columns!(),
            " FROM sessions JOIN users ON users.id = sessions.user_id",
            $join,
            " WHERE ",
            $condition,
            " AND sessions.expires_at > $2 AND sessions.absolute_expires_at > $2 AND users.disabled_at IS NULL"
        )
    };
}
pub(in crate::store) use active_session;

impl Database {
    /// Opens a cookie session; `id_hash` is the hash of the secret in the cookie. False if that is taken: try another.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the user or identity is gone; otherwise as any query.
    pub async fn create_session(&self, id_hash: &str, session: &NewSession) -> Result<bool, StoreError> {
        self.replace_session(None, id_hash, session).await
    }

    /// Replaces the browser's earlier session in one transaction: if it fails, the earlier session stays. Both are given
    /// by the hash of their secret. False if the new one is taken: try another.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the user or identity is gone, [`StoreError::PasswordChanged`] and
    /// [`StoreError::EmailCodeUsed`] where the condition does not hold; otherwise as any query.
    pub async fn replace_session(
        &self,
        earlier: Option<&str>,
        id_hash: &str,
        session: &NewSession,
    ) -> Result<bool, StoreError> {
        self.retried(|| self.replace_session_once(earlier, id_hash, session)).await
    }

    async fn replace_session_once(
        &self,
        earlier: Option<&str>,
        id_hash: &str,
        session: &NewSession,
    ) -> Result<bool, StoreError> {
        let mut write = self.write().await?;
        record_sign_in(&mut write, session).await?;
        // Rolled back if the hash is taken.
        let is_created = replace(&mut write, earlier, id_hash, session).await?;
        if is_created {
            write.commit().await?;
        }
        Ok(is_created)
    }

    /// The session of a cookie, by the hash of its secret. `None` when it is unknown or expired, or its user is disabled.
    ///
    /// # Errors
    /// [`StoreError`], which does not mean signed out.
    pub async fn load_session(&self, id_hash: &str, now: OffsetDateTime) -> Result<Option<ActiveSession>, StoreError> {
        let sql = active_session!("", "", "sessions.id_hash = $1");
        let read = |columns: &mut Columns<'_>| ActiveSessionRow::read(columns)?.try_into();
        Ok(self.pool.read(sql, (id_hash, now.unix_timestamp()), read).await?.pop())
    }

    /// The session of an access token, by its id. `None` also when the session was renewed since that `version`: a copy
    /// of an older token must not profit from the renewal.
    ///
    /// # Errors
    /// [`StoreError`], which does not mean signed out.
    pub async fn load_session_version(
        &self,
        id: &str,
        version: i64,
        now: OffsetDateTime,
    ) -> Result<Option<ActiveSession>, StoreError> {
        let mut connection = self.pool.acquire().await?;
        let active = session_by_id(&mut connection, id, now).await?;
        Ok(active.filter(|active| active.session.version == version))
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

    /// Notes the last use, and extends the idle expiry, up to the absolute one. False when the session is gone.
    pub async fn touch_session(
        &self,
        id: &str,
        expires_at: OffsetDateTime,
        now: OffsetDateTime,
    ) -> Result<bool, StoreError> {
        let _turn = self.turn().await?;
        touch(&mut *self.pool.acquire().await?, id, expires_at, now).await
    }

    /// The most recently used first; at most [`Session::MAX_PER_USER`].
    pub async fn user_sessions(&self, user: UserId, now: OffsetDateTime) -> Result<Vec<Session>, StoreError> {
        let rows: Vec<SessionRow> = sqlx::query_as(concat!(
            "SELECT ",
            session_columns!(),
            " FROM sessions WHERE user_id = $1 AND expires_at > $2 AND absolute_expires_at > $2 \
             ORDER BY last_seen_at DESC, id LIMIT $3"
        ))
        .bind(user.to_string())
        .bind(now.unix_timestamp())
        .bind(Session::MAX_PER_USER)
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter().map(Session::try_from).collect()
    }
}

/// Ends the earlier session and opens another. False if the hash is taken: the transaction must not commit then.
pub(in crate::store) async fn replace(
    write: &mut Write<'_>,
    earlier: Option<&str>,
    id_hash: &str,
    session: &NewSession,
) -> Result<bool, StoreError> {
    if let Some(earlier) = earlier {
        delete_session_by_hash(write, earlier).await?;
    }
    Ok(insert_session(write, session, Some(id_hash)).await?.is_some())
}

/// Records a sign-in by a method of our own; one with a provider is recorded with its decision. Of a session that a password
/// opens, this also checks that the password is still the user's, and a code it uses up. Under the user's lock, as is a change of
/// the password, which ends the sessions and deletes the codes that it finds: neither the old password nor a code from before
/// opens a session after it.
///
/// # Errors
/// [`StoreError::PasswordChanged`], [`StoreError::EmailCodeUsed`]
pub(in crate::store) async fn record_sign_in(write: &mut Write<'_>, session: &NewSession) -> Result<(), StoreError> {
    let method = match &session.condition {
        OpeningCondition::PasswordSetAt(entered) => {
            write.lock(&[format!("user {}", session.user)]).await?;
            if password_of(write.connection(), session.user).await?.map(|(_, set_at)| set_at) != Some(*entered) {
                return Err(StoreError::PasswordChanged);
            }
            LocalMethod::Password
        }
        OpeningCondition::EmailCode(code) => {
            write.lock(&[format!("user {}", session.user)]).await?;
            use_up(write.connection(), session.user, code).await?;
            LocalMethod::EmailCode
        }
        OpeningCondition::None => match session.authentications.first() {
            Some(AuthenticationMethod::Passkey { .. }) => LocalMethod::Passkey,
            Some(AuthenticationMethod::EmailCode { .. }) => LocalMethod::EmailCode,
            _ => return Ok(()),
        },
    };
    let audit = AuditContext { client: session.client.clone(), now: session.created_at };
    note(write.connection(), &audit, Some(session.user), &AuditEvent::SignIn { method }).await
}

/// Returns the new session's id; `None` if the hash is taken. If its user has too many sessions, the least recently used
/// ends.
pub(in crate::store) async fn insert_session(
    write: &mut Write<'_>,
    session: &NewSession,
    id_hash: Option<&str>,
) -> Result<Option<String>, StoreError> {
    let id = session_id(session.created_at)?;
    inspect::record(|_| Step::row("sessions", Change::Inserted));
    let created = sqlx::query(
        "INSERT INTO sessions (id, id_hash, version, user_id, identity_id, provider, user_agent, ip, data, created_at, \
         last_seen_at, expires_at, absolute_expires_at, reauthenticated_at, signed_in_by, reauthenticated_by, \
         provider_session) VALUES ($1, $2, 1, $3, $4, $5, $6, $7, $8, $9, $9, $10, $11, $9, $12, $12, $13) ON CONFLICT (id_hash) DO NOTHING",
    )
    .bind(&id)
    .bind(id_hash)
    .bind(session.user.to_string())
    .bind(session.identity.map(|identity| identity.to_string()))
    .bind(session.authentications.first().map(AuthenticationMethod::code))
    .bind(session.client.user_agent.as_deref())
    .bind(session.client.ip.map(|ip| ip.to_string()))
    .bind(&session.data)
    .bind(session.created_at.unix_timestamp())
    .bind(session.expires_at.min(session.absolute_expires_at).unix_timestamp())
    .bind(session.absolute_expires_at.unix_timestamp())
    .bind(authentications_json(&session.authentications)?)
    .bind(provider_session(session))
    .execute(write.connection())
    .await?;
    if created.rows_affected() == 0 {
        return Ok(None);
    }
    end_surplus_sessions(write, session, &id).await?;
    recognise(write, session, &id).await?;
    Ok(Some(id))
}

fn provider_session(session: &NewSession) -> Option<String> {
    let (provider, sid) = session.authentications.first()?.provider_session()?;
    Some(provider_session_hash(provider, sid))
}

/// Of the slug too: one provider cannot name a session of another.
pub(in crate::store) fn provider_session_hash(provider: &str, sid: &str) -> String {
    sha256_base64url(format!("{provider} {sid}"))
}

async fn end_surplus_sessions(write: &mut Write<'_>, opened: &NewSession, newest: &str) -> Result<(), StoreError> {
    let surplus: Vec<(String,)> = sqlx::query_as(
        "SELECT id FROM sessions WHERE user_id = $1 AND id <> $2 ORDER BY last_seen_at DESC, id LIMIT $3 OFFSET $4",
    )
    .bind(opened.user.to_string())
    .bind(newest)
    .bind(Session::MAX_PER_USER)
    .bind(Session::MAX_PER_USER - 1)
    .fetch_all(write.connection())
    .await?;
    for (id,) in surplus {
        note_end(write.connection(), opened.user, &id, SessionEnd::TooManySessions, opened.created_at).await?;
        delete_session(write, &id).await?;
    }
    Ok(())
}

/// By the session's id. `None` when the session is unknown or expired, or its user is disabled.
pub(in crate::store) async fn session_by_id(
    connection: &mut Connection,
    id: &str,
    now: OffsetDateTime,
) -> Result<Option<ActiveSession>, StoreError> {
    let row: Option<ActiveSessionRow> = sqlx::query_as(active_session!("", "", "sessions.id = $1"))
        .bind(id)
        .bind(now.unix_timestamp())
        .fetch_optional(connection)
        .await?;
    row.map(ActiveSession::try_from).transpose()
}

/// The same within a transaction, which it makes wait for others that touch or end the session.
///
/// The expiry is indexed, so it moves only once it would move by an `EXPIRY_STEP`: otherwise each session would write an index
/// entry a minute, or at each exchange of its refresh token.
pub(in crate::store) async fn touch(
    connection: &mut Connection,
    id: &str,
    expires_at: OffsetDateTime,
    now: OffsetDateTime,
) -> Result<bool, StoreError> {
    let touched = sqlx::query(
        "UPDATE sessions SET last_seen_at = $2 WHERE id = $1 AND expires_at > $2 AND absolute_expires_at > $2 \
         AND (expires_at > $3 OR expires_at = absolute_expires_at)",
    )
    .bind(id)
    .bind(now.unix_timestamp())
    .bind((expires_at - EXPIRY_STEP).unix_timestamp())
    .execute(&mut *connection)
    .await?;
    if touched.rows_affected() == 1 {
        return Ok(true);
    }
    let touched = sqlx::query(
        "UPDATE sessions SET last_seen_at = $2, \
         expires_at = CASE WHEN $3 < absolute_expires_at THEN $3 ELSE absolute_expires_at END \
         WHERE id = $1 AND expires_at > $2 AND absolute_expires_at > $2",
    )
    .bind(id)
    .bind(now.unix_timestamp())
    .bind(expires_at.unix_timestamp())
    .execute(connection)
    .await?;
    Ok(touched.rows_affected() == 1)
}
