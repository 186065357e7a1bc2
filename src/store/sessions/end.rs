//! Ends sessions.

use time::OffsetDateTime;

use crate::accounts::{AuditEvent, SessionEnd, SessionMethod, User, UserId};
use crate::inspect::{self, Change, Step};
use crate::store::account::change::ChangeError;
use crate::store::audit::context::AuditContext;
use crate::store::audit::events::note;
use crate::store::email::sign_in_codes::delete_sign_in_codes;
use crate::store::engine::connection::Connection;
use crate::store::engine::database::Database;
use crate::store::engine::write::Write;
use crate::store::error::StoreError;
use crate::store::second_factor::pending::delete_pending_sign_ins;
use crate::store::second_factor::trusted::delete_trusted_browsers;
use crate::store::sessions::ended::{note_end, note_ends};
use crate::store::sessions::known_browsers::forget_browsers;
use crate::store::sessions::rows::SessionVersion;
use crate::store::users::rows::{UserRow, user_columns};

impl Database {
    /// Ends a session of the user, at the request of the session `here`. [`ChangeError::NotFound`] when the user has no such
    /// session.
    pub async fn end_session(
        &self,
        user: UserId,
        id: &str,
        here: SessionVersion<'_>,
        audit: &AuditContext,
    ) -> Result<(), ChangeError> {
        // Of a request: not everything may be a parameter, or remembered.
        if !is_session_id(id) {
            return Err(ChangeError::NotFound);
        }
        let mut write = self.begin_as(user, here).await?.write;
        note_end(write.connection(), user, id, SessionEnd::SignedOutElsewhere, audit.now).await?;
        let deleted = sqlx::query("DELETE FROM sessions WHERE id = $1 AND user_id = $2")
            .bind(id)
            .bind(user.to_string())
            .execute(write.connection())
            .await?;
        if deleted.rows_affected() == 0 {
            return Err(ChangeError::NotFound);
        }
        self.revocation_cache.session(id);
        note(write.connection(), audit, Some(user), &AuditEvent::SessionEnded).await?;
        write.commit().await?;
        Ok(())
    }

    /// Signs the session's user out. False when there is no session: signing out twice is no error.
    pub async fn sign_out(&self, id: &str, audit: &AuditContext) -> Result<bool, StoreError> {
        let mut write = self.write().await?;
        let of: Option<(String, Option<String>)> =
            sqlx::query_as("SELECT user_id, provider FROM sessions WHERE id = $1")
                .bind(id)
                .fetch_optional(write.connection())
                .await?;
        let Some((user, provider)) = of else { return Ok(false) };
        let ended = delete_session(&mut write, id).await?;
        if ended {
            let user = UserId::parse(&user)?;
            let method = provider.as_deref().map(SessionMethod::from_code);
            note(write.connection(), audit, Some(user), &AuditEvent::SignOut { method }).await?;
        }
        write.commit().await?;
        Ok(ended)
    }

    /// Ends every session of the user but `here`.
    pub async fn end_other_sessions(
        &self,
        user: UserId,
        here: SessionVersion<'_>,
        audit: &AuditContext,
    ) -> Result<(), ChangeError> {
        let mut write = self.begin_as(user, here).await?.write;
        end_sessions_of(&mut write, user, Some(here.id), SessionEnd::SignedOutElsewhere, audit.now).await?;
        note(write.connection(), audit, Some(user), &AuditEvent::OtherSessionsEnded).await?;
        write.commit().await?;
        Ok(())
    }

    /// False when there was none.
    pub async fn delete_session(&self, id: &str) -> Result<bool, StoreError> {
        let mut write = self.write().await?;
        let deleted = delete_session(&mut write, id).await?;
        write.commit().await?;
        Ok(deleted)
    }

    /// By the hash of the cookie's secret. False when there was none.
    pub async fn delete_session_by_hash(&self, id_hash: &str) -> Result<bool, StoreError> {
        let mut write = self.write().await?;
        let deleted = delete_session_by_hash(&mut write, id_hash).await?;
        write.commit().await?;
        Ok(deleted)
    }

    /// Returns the number of ended sessions.
    pub async fn delete_user_sessions(&self, user: UserId, except: Option<&str>) -> Result<u64, StoreError> {
        let mut write = self.write().await?;
        let deleted = delete_sessions_of(&mut write, user, except).await?;
        write.commit().await?;
        Ok(deleted)
    }
}

/// Whether a text has the format of a session's id: 22 characters of base64url.
fn is_session_id(text: &str) -> bool {
    text.len() == 22 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

/// False when there was none.
pub(in crate::store) async fn delete_session(write: &mut Write<'_>, id: &str) -> Result<bool, StoreError> {
    write.revocation_cache().session(id);
    let deleted = sqlx::query("DELETE FROM sessions WHERE id = $1").bind(id).execute(write.connection()).await?;
    Ok(was_deleted(deleted.rows_affected()))
}

/// Also by the hash of the secret before the last renewal: a sign-out may overtake the answer that brings the new one. Only
/// cookies have such hashes, and no access token names a cookie's session: the revocation cache need not know.
pub(in crate::store) async fn delete_session_by_hash(write: &mut Write<'_>, id_hash: &str) -> Result<bool, StoreError> {
    let deleted = sqlx::query("DELETE FROM sessions WHERE id_hash = $1 OR previous_id_hash = $1")
        .bind(id_hash)
        .execute(write.connection())
        .await?;
    Ok(was_deleted(deleted.rows_affected()))
}

fn was_deleted(rows: u64) -> bool {
    if rows == 1 {
        inspect::record(|_| Step::row("sessions", Change::Deleted));
    }
    rows == 1
}

/// The user, if their session still exists in this version. The caller holds the lock on the user, as does the code that ends
/// the user's sessions: a slow request must not change an account after its session was ended to protect it.
pub(in crate::store) async fn user_at(
    connection: &mut Connection,
    user: UserId,
    here: SessionVersion<'_>,
) -> Result<Option<User>, StoreError> {
    let row: Option<UserRow> = sqlx::query_as(concat!(
        "SELECT ",
        user_columns!(),
        " FROM sessions JOIN users ON users.id = sessions.user_id \
         WHERE sessions.id = $1 AND users.id = $2 AND sessions.version = $3 AND users.disabled_at IS NULL"
    ))
    .bind(here.id)
    .bind(user.to_string())
    .bind(here.version)
    .fetch_optional(connection)
    .await?;
    row.map(User::try_from).transpose()
}

/// Ends sessions of a user, except one, so that their browsers can learn why. Returns their number.
pub(in crate::store) async fn end_sessions_of(
    write: &mut Write<'_>,
    user: UserId,
    except: Option<&str>,
    end: SessionEnd,
    now: OffsetDateTime,
) -> Result<u64, StoreError> {
    note_ends(write.connection(), user, except, end, now).await?;
    delete_sessions_of(write, user, except).await
}

/// Deletes sessions without noting why: of a squatted account, whose holder would learn that the owner of the address came.
///
/// With them go sign-ins that are half done, and the trust in browsers, this one's too: a second factor costs less than a
/// thief's trusted browser. Other browsers are announced again when they sign in.
pub(in crate::store) async fn delete_sessions_of(
    write: &mut Write<'_>,
    user: UserId,
    except: Option<&str>,
) -> Result<u64, StoreError> {
    write.revocation_cache().user(user);
    delete_pending_sign_ins(write.connection(), user).await?;
    delete_sign_in_codes(write.connection(), user).await?;
    delete_trusted_browsers(write.connection(), user).await?;
    forget_browsers(write.connection(), user, except).await?;
    // No id is empty.
    let deleted = sqlx::query("DELETE FROM sessions WHERE user_id = $1 AND id <> $2")
        .bind(user.to_string())
        .bind(except.unwrap_or_default())
        .execute(write.connection())
        .await?;
    Ok(deleted.rows_affected())
}
