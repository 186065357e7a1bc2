//! Refresh token rotation (RFC 9700 §4.14.2).

use secrecy::{ExposeSecret, SecretString};
use time::OffsetDateTime;

use crate::accounts::{AuditEvent, EmailKind, SessionEnd};
use crate::inspect::{self, Change, Step};
use crate::sealing::RandomError;
use crate::store::audit::context::AuditContext;
use crate::store::audit::events::note;
use crate::store::email::message::queue_to_user;
use crate::store::engine::database::Database;
use crate::store::engine::write::Write;
use crate::store::error::StoreError;
use crate::store::sessions::end::delete_session;
use crate::store::sessions::ended::note_end;
use crate::store::sessions::queries::{session_by_id, touch};
use crate::store::sessions::refresh_token::RefreshToken;
use crate::store::sessions::refresh_tokens::{RefreshTokenRow, Verdict, row_of};
use crate::store::sessions::rows::{ActiveSession, Session};

#[derive(Debug)]
pub enum Rotation {
    /// The session, and its next token; of concurrent exchanges, and of a repeated one, the same.
    Rotated { next: RefreshToken, session: Box<ActiveSession> },
    /// Too many exchanges of this session; the seconds to wait. The token is unchanged.
    Limited { seconds: u64 },
    /// Reuse: the session has ended, and its user is notified by email.
    Reused,
    /// There is no such token or its session has ended, or it was just replaced.
    Unknown,
}

impl Database {
    /// Exchanges a refresh token for the next one. Extends the session's idle expiry. `limit` counts an exchange, or fails with
    /// the seconds to wait.
    ///
    /// # Errors
    /// [`StoreError`]: the token is unchanged then.
    pub async fn rotate_refresh_token(
        &self,
        token: &RefreshToken,
        limit: impl Fn() -> Result<(), u64>,
        audit: &AuditContext,
    ) -> Result<Rotation, StoreError> {
        self.retried(|| self.try_to_rotate(token, &limit, audit)).await
    }

    async fn try_to_rotate(
        &self,
        token: &RefreshToken,
        limit: &impl Fn() -> Result<(), u64>,
        audit: &AuditContext,
    ) -> Result<Rotation, StoreError> {
        let (id, now) = (token.session(), audit.now);
        // Before any lock: tokens that lead nowhere must not make anybody wait.
        let row = row_of(&mut *self.pool.acquire().await?, id).await?;
        let verdict = row.map_or(Verdict::Unknown, |row| row.judge(token, &self.sealer, now));
        match verdict {
            Verdict::Unknown | Verdict::Replaced => return Ok(Rotation::Unknown),
            Verdict::Current | Verdict::Repeated => {
                if let Err(seconds) = limit() {
                    return Ok(Rotation::Limited { seconds });
                }
            }
            // Never limited: a thief must not be able to use up the limit, and so to hide the reuse.
            Verdict::Reused => {}
        }
        let mut write = self.write().await?;
        // Locks the session first, in the same order as ending it does.
        if !touch(write.connection(), id, now + Session::IDLE, now).await? {
            return Ok(Rotation::Unknown);
        }
        let Some(session) = session_by_id(write.connection(), id, now).await? else { return Ok(Rotation::Unknown) };
        let Some(row) = row_of(write.connection(), id).await? else { return Ok(Rotation::Unknown) };
        let next = match row.judge(token, &self.sealer, now) {
            Verdict::Current => replace(&mut write, &row, token, now).await?,
            Verdict::Repeated => successor(&write, &row, token)?,
            Verdict::Replaced | Verdict::Unknown => return Ok(Rotation::Unknown),
            Verdict::Reused => {
                self.end_reused(write, &session, audit).await?;
                return Ok(Rotation::Reused);
            }
        };
        write.commit().await?;
        Ok(Rotation::Rotated { next, session: Box::new(session) })
    }

    async fn end_reused(
        &self,
        mut write: Write<'_>,
        active: &ActiveSession,
        audit: &AuditContext,
    ) -> Result<(), StoreError> {
        let ActiveSession { session, user } = active;
        note_end(write.connection(), user.id, &session.id, SessionEnd::TokenReused, audit.now).await?;
        delete_session(&mut write, &session.id).await?;
        note(write.connection(), audit, Some(user.id), &AuditEvent::TokenReused).await?;
        queue_to_user(write.connection(), &self.sealer, user, EmailKind::TokenReused, audit).await?;
        write.commit().await
    }
}

/// Makes the next token the current one, and keeps it sealed for a repeat of this exchange.
async fn replace(
    write: &mut Write<'_>,
    row: &RefreshTokenRow,
    token: &RefreshToken,
    now: OffsetDateTime,
) -> Result<RefreshToken, StoreError> {
    let next = RefreshToken::mint(write.sealer(), token.session(), row.generation + 1)?;
    let sealed = write.sealer().seal(&place(token), next.expose().as_bytes()).map_err(|_| RandomError)?;
    inspect::record(|_| Step::row("refresh_tokens", Change::Updated));
    sqlx::query(
        "UPDATE refresh_tokens SET generation = $2, token_hash = $3, issued_at = $4, previous_hash = $5, \
         successor = $6 WHERE session = $1",
    )
    .bind(token.session())
    .bind(next.generation())
    .bind(next.hash())
    .bind(now.unix_timestamp())
    .bind(token.hash())
    .bind(sealed)
    .execute(write.connection())
    .await?;
    Ok(next)
}

fn successor(write: &Write<'_>, row: &RefreshTokenRow, token: &RefreshToken) -> Result<RefreshToken, StoreError> {
    // Sealed by a machine with a newer key: not a theft, and a repeat may reach that machine.
    let unreadable = || StoreError::Corrupt("refresh_tokens.successor".into());
    let sealed = row.successor.as_deref().ok_or_else(unreadable)?;
    let plain = write.sealer().open(&place(token), sealed).map_err(|_| unreadable())?;
    let text = SecretString::from(String::from_utf8(plain).map_err(|_| unreadable())?);
    RefreshToken::parse(text.expose_secret()).ok_or_else(unreadable)
}

/// The sealing context: a successor opens only in the row of its parent.
fn place(parent: &RefreshToken) -> String {
    format!("refresh {}", parent.hash())
}
