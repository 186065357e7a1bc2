//! The table `refresh_tokens`: the current token of each token session, and how a presented one is judged.

use sqlx::FromRow;
use time::{Duration, OffsetDateTime};

use crate::sealing::Sealer;
use crate::store::engine::connection::Connection;
use crate::store::engine::database::Database;
use crate::store::engine::write::Write;
use crate::store::error::StoreError;
use crate::store::sessions::end::delete_session;
use crate::store::sessions::queries::{insert_session, record_sign_in, session_by_id};
use crate::store::sessions::refresh_token::RefreshToken;
use crate::store::sessions::rows::{ActiveSession, NewSession};

/// How long a program may repeat an exchange whose answer was lost, and how long a token from before a renewal is only
/// refused: another tab may still present it.
pub(in crate::store) const GRACE: Duration = Duration::seconds(10);

/// Who holds a session's tokens, from its start to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenHolder {
    /// A browser, by its cookie. It does not repeat a request whose answer was lost: the next one may come after hours.
    Browser,
    /// A program, by the API: it notices the loss and repeats the exchange at once.
    Program,
}

/// The row of a session, and when the session was renewed last.
#[derive(Debug, FromRow)]
pub(in crate::store) struct RefreshTokenRow {
    pub(in crate::store) generation: i64,
    pub(in crate::store) token_hash: String,
    issued_at: i64,
    previous_hash: Option<String>,
    pub(in crate::store) successor: Option<String>,
    renewed_generation: i64,
    holder: String,
    renewed_at: Option<i64>,
}

/// What a presented token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) enum Verdict {
    Current,
    /// It was exchanged for the current token, which has not been used yet: the answer was lost, or went to another tab.
    Repeated,
    /// It is from before a renewal, and late. It leads nowhere, and ends nothing.
    Replaced,
    /// It was exchanged before: two parties have it (RFC 9700 §4.14.2).
    Reused,
    /// Not issued here, or ahead of a database that was restored.
    Unknown,
}

impl TokenHolder {
    const fn code(self) -> &'static str {
        match self {
            Self::Browser => "browser",
            Self::Program => "program",
        }
    }
}

impl RefreshTokenRow {
    pub(in crate::store) fn judge(&self, token: &RefreshToken, sealer: &Sealer, now: OffsetDateTime) -> Verdict {
        let (now, hash) = (now.unix_timestamp(), token.hash());
        let is_recent = |then: i64| now - then <= GRACE.whole_seconds();
        if hash == self.token_hash {
            return Verdict::Current;
        }
        let is_parent = self.previous_hash.as_ref() == Some(&hash);
        let is_in_time = self.holder == TokenHolder::Browser.code() || is_recent(self.issued_at);
        if is_parent && is_in_time && self.successor.is_some() {
            return Verdict::Repeated;
        }
        if token.generation() >= self.generation || !(is_parent || token.is_authentic(sealer)) {
            return Verdict::Unknown;
        }
        if token.generation() < self.renewed_generation && self.renewed_at.is_some_and(is_recent) {
            return Verdict::Replaced;
        }
        Verdict::Reused
    }
}

impl Database {
    /// Opens a token session in place of an earlier one, which is given by its id, and returns its first refresh token.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the user or identity is gone; otherwise as any query.
    pub async fn open_token_session(
        &self,
        earlier: Option<&str>,
        session: &NewSession,
        holder: TokenHolder,
    ) -> Result<RefreshToken, StoreError> {
        self.retried(|| self.open_token_session_once(earlier, session, holder)).await
    }

    async fn open_token_session_once(
        &self,
        earlier: Option<&str>,
        session: &NewSession,
        holder: TokenHolder,
    ) -> Result<RefreshToken, StoreError> {
        let mut write = self.write().await?;
        record_sign_in(&mut write, session).await?;
        if let Some(earlier) = earlier {
            delete_session(&mut write, earlier).await?;
        }
        let id = insert_session(&mut write, session, None).await?;
        // 128 random bits, and no hash to collide with.
        let id = id.ok_or_else(|| StoreError::Conflict(sqlx::Error::RowNotFound))?;
        let first = RefreshToken::mint(&self.sealer, &id, 1)?;
        insert(&mut write, &first, holder, session.created_at).await?;
        write.commit().await?;
        Ok(first)
    }

    /// The session that a refresh token belongs to, whether or not the token is still valid. `None` if the session has
    /// ended, or the token was not issued here.
    pub async fn session_of_refresh_token(&self, token: &RefreshToken) -> Result<Option<String>, StoreError> {
        let mut connection = self.pool.acquire().await?;
        let row = row_of(&mut connection, token.session()).await?;
        let belongs = row.is_some_and(|row| {
            let hash = Some(token.hash());
            hash.as_ref() == Some(&row.token_hash) || hash == row.previous_hash || token.is_authentic(&self.sealer)
        });
        Ok(belongs.then(|| token.session().to_owned()))
    }

    /// The session of a refresh token that could be exchanged now. Does not exchange it.
    pub async fn look_at_refresh_token(
        &self,
        token: &RefreshToken,
        now: OffsetDateTime,
    ) -> Result<Option<ActiveSession>, StoreError> {
        let mut connection = self.pool.acquire().await?;
        let row = row_of(&mut connection, token.session()).await?;
        match row.map(|row| row.judge(token, &self.sealer, now)) {
            Some(Verdict::Current | Verdict::Repeated) => session_by_id(&mut connection, token.session(), now).await,
            _ => Ok(None),
        }
    }

    /// Notes that the client of a session has received its current refresh token: it uses the access token that came with
    /// it, which was issued at `issued_at` (Unix seconds). From now on the token before is a reuse.
    pub async fn confirm_refresh_token(&self, session: &str, issued_at: i64) -> Result<(), StoreError> {
        let _turn = self.turn().await?;
        sqlx::query(
            "UPDATE refresh_tokens SET successor = NULL \
             WHERE session = $1 AND issued_at <= $2 AND successor IS NOT NULL",
        )
        .bind(session)
        .bind(issued_at)
        .execute(&self.pool)
        .await?;
        Ok(())
    }
}

pub(in crate::store) async fn row_of(
    connection: &mut Connection,
    session: &str,
) -> Result<Option<RefreshTokenRow>, StoreError> {
    Ok(sqlx::query_as(
        "SELECT generation, token_hash, issued_at, previous_hash, successor, renewed_generation, holder, renewed_at \
         FROM refresh_tokens JOIN sessions ON sessions.id = refresh_tokens.session WHERE session = $1",
    )
    .bind(session)
    .fetch_optional(connection)
    .await?)
}

async fn insert(
    write: &mut Write<'_>,
    first: &RefreshToken,
    holder: TokenHolder,
    now: OffsetDateTime,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO refresh_tokens (session, generation, token_hash, issued_at, renewed_generation, holder) \
         VALUES ($1, $2, $3, $4, $2, $5)",
    )
    .bind(first.session())
    .bind(first.generation())
    .bind(first.hash())
    .bind(now.unix_timestamp())
    .bind(holder.code())
    .execute(write.connection())
    .await?;
    Ok(())
}
