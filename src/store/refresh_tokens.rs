//! Queries on `refresh_tokens`. The session is the family: all its tokens end with it.

use secrecy::{ExposeSecret, SecretString};
use sqlx::AnyConnection;
use time::{Duration, OffsetDateTime};

use super::audit_context::AuditContext;
use super::database::Database;
use super::emails::queue_to_user;
use super::error::StoreError;
use super::events::note;
use super::session_rows::{ActiveSession, NewSession, Session};
use super::sessions::{delete_session, insert_session, load_session};
use super::write::Write;
use crate::accounts::EmailKind;
use crate::sealing::Sealer;

/// For so long after its first use, a token that comes again is taken for an honest second try, whose first answer was
/// lost on the way or went to another tab: it leads to the same next token. Later it is a theft.
pub(super) const GRACE: Duration = Duration::seconds(10);

/// Stands in the column `child` of a token that a renewal of its session replaced, for as long as a sealed child would:
/// such a token leads nowhere, and ends nothing yet.
const REPLACED: &str = "";

/// A refresh token to be written down: its hash, and itself, to be sealed for an honest second try.
#[derive(Clone, Debug)]
pub struct NewRefreshToken {
    /// Hash of the token.
    pub hash: String,
    /// The token.
    pub text: SecretString,
}

/// What became of a refresh token that somebody brought.
#[derive(Debug)]
pub enum Rotation {
    /// It was used for the first time: the next one is the one that was handed in.
    Rotated(ActiveSession),
    /// It was used a moment ago: the next one is the one that was made then.
    Again {
        /// The next token.
        child: SecretString,
        /// Its session.
        session: ActiveSession,
    },
    /// It was used before: the session is ended, and its user gets a letter.
    Reused,
    /// There is no such token, or no session any more that it could go on with; or a renewal of the session replaced it
    /// a moment ago.
    Unknown,
}

impl Database {
    /// Opens a session that tokens carry, with its first refresh token, and ends the one that the browser had before, if
    /// it had one; in one transaction. False if an id is taken: try others.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the user or identity is gone; otherwise as every query.
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

    /// Uses a refresh token up and makes `child` the next one, in one transaction: of a hundred who bring the same token,
    /// one makes a child and the others get that one. The session counts as used; its absolute end does not move.
    ///
    /// # Errors
    /// As every query: [`StoreError`]. The token is as it was then.
    pub async fn rotate_refresh_token(
        &self,
        hash: &str,
        child: &NewRefreshToken,
        audit: &AuditContext,
    ) -> Result<Rotation, StoreError> {
        self.retried(|| self.try_to_rotate(hash, child, audit)).await
    }

    /// Gives a session another id, as [`renew_session`](Self::renew_session) does, and its family another last token: who
    /// has learned the id or a token before has nothing. There is no second try here: the older tokens lead nowhere at
    /// once, or a copy of them would lead to what the person has just proven. For the first seconds they are only refused,
    /// since another tab may be on its way with one; then they are a reuse. False when there is no such session any more.
    ///
    /// # Errors
    /// As every query: [`StoreError`].
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
        let renewed =
            sqlx::query("UPDATE sessions SET id_hash = $2, reauthenticated_at = COALESCE($3, reauthenticated_at) WHERE id_hash = $1")
                .bind(id_hash)
                .bind(new_hash)
                .bind(reauthenticated_at.map(OffsetDateTime::unix_timestamp))
                .execute(write.connection())
                .await?;
        if renewed.rows_affected() == 0 {
            return Ok(false);
        }
        // The last one, and those that a second try could still be made with.
        sqlx::query(
            "UPDATE refresh_tokens SET used_at = COALESCE(used_at, $2), child = $3 \
             WHERE session = $1 AND (used_at IS NULL OR child IS NOT NULL)",
        )
        .bind(new_hash)
        .bind(now.unix_timestamp())
        .bind(REPLACED)
        .execute(write.connection())
        .await?;
        // Without a parent: the next one's own use must not make a reuse of a tab that is late.
        insert(write.connection(), &next.hash, new_hash, None, now).await?;
        write.commit().await?;
        Ok(true)
    }

    /// The session that a refresh token is of, whether or not it was used: to end it.
    ///
    /// # Errors
    /// As every query: [`StoreError`].
    pub async fn session_of_refresh_token(&self, hash: &str) -> Result<Option<String>, StoreError> {
        let mut connection = self.pool.acquire().await?;
        family(&mut connection, hash).await
    }

    /// The session that a refresh token could be used for now, without using it: its first use is still to come, or it
    /// may be tried a second time.
    ///
    /// # Errors
    /// As every query: [`StoreError`].
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

    /// Forgets at most `limit` next tokens that nobody may ask for a second time any more; tells how many.
    ///
    /// # Errors
    /// As every query: [`StoreError`].
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

    async fn try_to_rotate(
        &self,
        hash: &str,
        child: &NewRefreshToken,
        audit: &AuditContext,
    ) -> Result<Rotation, StoreError> {
        let now = audit.now;
        // Before anything is locked: who sends what is no token of ours waits for nobody, and nobody for them.
        let Some(id) = self.session_of_refresh_token(hash).await? else { return Ok(Rotation::Unknown) };
        let mut write = self.write().await?;
        // The session first, as those do who end it: its tokens are locked by that, too.
        if !touch(write.connection(), &id, now).await? {
            // It may have got another id this very moment; only a session that is there is worth a second look.
            return match family(write.connection(), hash).await? {
                Some(other) if other != id => Err(StoreError::Contended(sqlx::Error::RowNotFound)),
                _ => Ok(Rotation::Unknown),
            };
        }
        let Some(session) = load_session(write.connection(), &id, now).await? else { return Ok(Rotation::Unknown) };
        if use_up(&mut write, &self.sealer, hash, child, now).await? {
            insert(write.connection(), &child.hash, &id, Some(hash), now).await?;
            write.commit().await?;
            return Ok(Rotation::Rotated(session));
        }
        match child_of(&mut write, &self.sealer, hash, now).await? {
            Child::Sealed(child) => {
                write.commit().await?;
                return Ok(Rotation::Again { child, session });
            }
            Child::Replaced => return Ok(Rotation::Unknown),
            Child::None => {}
        }
        let user = &session.user;
        delete_session(&mut write, &id).await?;
        note(write.connection(), audit, "token", Some(user.id), None, "reused", &[]).await?;
        queue_to_user(write.connection(), &self.sealer, user, EmailKind::TokenReused, audit).await?;
        write.commit().await?;
        Ok(Rotation::Reused)
    }
}

/// The session that a token is of.
async fn family(connection: &mut AnyConnection, hash: &str) -> Result<Option<String>, StoreError> {
    let row: Option<(String,)> = sqlx::query_as("SELECT session FROM refresh_tokens WHERE token_hash = $1")
        .bind(hash)
        .fetch_optional(connection)
        .await?;
    Ok(row.map(|(session,)| session))
}

/// Locks a session by using it. False when it is past one of its ends, when its user is disabled, and when there is none.
async fn touch(connection: &mut AnyConnection, id_hash: &str, now: OffsetDateTime) -> Result<bool, StoreError> {
    let touched = sqlx::query(
        "UPDATE sessions SET last_seen_at = $2, \
         expires_at = CASE WHEN $3 < absolute_expires_at THEN $3 ELSE absolute_expires_at END \
         WHERE id_hash = $1 AND expires_at > $2 AND absolute_expires_at > $2 \
         AND user_id IN (SELECT id FROM users WHERE disabled_at IS NULL)",
    )
    .bind(id_hash)
    .bind(now.unix_timestamp())
    .bind((now + Session::IDLE).unix_timestamp())
    .execute(connection)
    .await?;
    Ok(touched.rows_affected() == 1)
}

/// Uses a token up: true for the first caller, false for everybody after. Then its own parent needs to remember it no
/// longer: whoever got the answer has used it.
async fn use_up(
    write: &mut Write<'_>,
    sealer: &Sealer,
    hash: &str,
    child: &NewRefreshToken,
    now: OffsetDateTime,
) -> Result<bool, StoreError> {
    let sealed = sealer
        .seal(&place(hash), child.text.expose_secret().as_bytes())
        .map_err(|_| StoreError::Unavailable("the system gives no random numbers".into()))?;
    let used =
        sqlx::query("UPDATE refresh_tokens SET used_at = $2, child = $3 WHERE token_hash = $1 AND used_at IS NULL")
            .bind(hash)
            .bind(now.unix_timestamp())
            .bind(sealed)
            .execute(write.connection())
            .await?;
    if used.rows_affected() == 0 {
        return Ok(false);
    }
    sqlx::query(
        "UPDATE refresh_tokens SET child = NULL \
         WHERE token_hash = (SELECT parent_hash FROM refresh_tokens WHERE token_hash = $1)",
    )
    .bind(hash)
    .execute(write.connection())
    .await?;
    Ok(true)
}

/// Where a used token leads for a second try.
enum Child {
    /// To the token that it led to the first time.
    Sealed(SecretString),
    /// Nowhere, since its session was renewed a moment ago.
    Replaced,
    /// Nowhere: it is too late, or its child was used.
    None,
}

async fn child_of(
    write: &mut Write<'_>,
    sealer: &Sealer,
    hash: &str,
    now: OffsetDateTime,
) -> Result<Child, StoreError> {
    let row: Option<(Option<i64>, Option<String>)> =
        sqlx::query_as("SELECT used_at, child FROM refresh_tokens WHERE token_hash = $1")
            .bind(hash)
            .fetch_optional(write.connection())
            .await?;
    let Some((Some(used_at), Some(sealed))) = row else { return Ok(Child::None) };
    if now.unix_timestamp() - used_at > GRACE.whole_seconds() {
        return Ok(Child::None);
    }
    if sealed == REPLACED {
        return Ok(Child::Replaced);
    }
    // Sealed by a machine that has a newer key than this one: no theft, and another try may reach that machine.
    let unreadable = || StoreError::Corrupt("refresh_tokens.child".into());
    let plain = sealer.open(&place(hash), &sealed).map_err(|_| unreadable())?;
    Ok(Child::Sealed(String::from_utf8(plain).map_err(|_| unreadable())?.into()))
}

async fn insert(
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

/// Where a sealed child opens: in its parent's row, and nowhere else.
fn place(hash: &str) -> String {
    format!("refresh {hash}")
}
