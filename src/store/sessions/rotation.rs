//! Refresh token rotation (RFC 9700 §4.14.2).

use secrecy::{ExposeSecret, SecretString};
use sqlx::AnyConnection;
use time::OffsetDateTime;

use crate::accounts::{AuditEvent, EmailKind};
use crate::sealing::{RandomError, Sealer};
use crate::store::audit::context::AuditContext;
use crate::store::audit::events::note;
use crate::store::email::message::queue_to_user;
use crate::store::engine::database::Database;
use crate::store::engine::write::Write;
use crate::store::error::StoreError;
use crate::store::sessions::end::delete_session;
use crate::store::sessions::queries::load_session;
use crate::store::sessions::refresh_tokens::{GRACE, NewRefreshToken, REPLACED, Rotation, family, insert};
use crate::store::sessions::rows::Session;

impl Database {
    /// Uses a refresh token and makes `child` the next one. Of concurrent calls with the same token, one inserts its
    /// child and the others get that one. Extends the session's idle expiry.
    ///
    /// # Errors
    /// [`StoreError`]: the token is unchanged then.
    pub async fn rotate_refresh_token(
        &self,
        hash: &str,
        child: &NewRefreshToken,
        audit: &AuditContext,
    ) -> Result<Rotation, StoreError> {
        self.retried(|| self.try_to_rotate(hash, child, audit)).await
    }

    async fn try_to_rotate(
        &self,
        hash: &str,
        child: &NewRefreshToken,
        audit: &AuditContext,
    ) -> Result<Rotation, StoreError> {
        let now = audit.now;
        // Before any lock: unknown tokens must not make anybody wait.
        let Some(id) = self.session_of_refresh_token(hash).await? else { return Ok(Rotation::Unknown) };
        let mut write = self.write().await?;
        // Locks the session first, in the same order as ending it does.
        if !touch(write.connection(), &id, now).await? {
            // It may just have got another id.
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
        note(write.connection(), audit, Some(user.id), &AuditEvent::TokenReused).await?;
        queue_to_user(write.connection(), &self.sealer, user, EmailKind::TokenReused, audit).await?;
        write.commit().await?;
        Ok(Rotation::Reused)
    }
}

/// Locks a session and extends its idle expiry. False when it is unknown or expired, or its user is disabled.
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

/// True for the first caller only. Its parent forgets it then: the response that contained it has arrived.
async fn use_up(
    write: &mut Write<'_>,
    sealer: &Sealer,
    hash: &str,
    child: &NewRefreshToken,
    now: OffsetDateTime,
) -> Result<bool, StoreError> {
    let sealed = sealer.seal(&place(hash), child.text.expose_secret().as_bytes()).map_err(|_| RandomError)?;
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

/// What a retry of a used token gets.
enum Child {
    /// The token from the first use.
    Sealed(SecretString),
    /// Nothing: its session has just got another id.
    Replaced,
    /// Nothing: the grace time is over, or the child was used.
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
    // Sealed by a machine with a newer key: not a theft, and a retry may reach that machine.
    let unreadable = || StoreError::Corrupt("refresh_tokens.child".into());
    let plain = sealer.open(&place(hash), &sealed).map_err(|_| unreadable())?;
    Ok(Child::Sealed(String::from_utf8(plain).map_err(|_| unreadable())?.into()))
}

/// The sealing context: a child opens only in its parent's row.
fn place(hash: &str) -> String {
    format!("refresh {hash}")
}
