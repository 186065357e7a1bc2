//! The table `trusted_browsers`.

use sqlx::FromRow;
use time::{Duration, OffsetDateTime};

use crate::accounts::{AuditEvent, EmailToken, SecondFactorEvent, UserId};
use crate::store::account::change::ChangeError;
use crate::store::audit::context::AuditContext;
use crate::store::audit::events::note;
use crate::store::engine::connection::Connection;
use crate::store::engine::database::Database;
use crate::store::error::StoreError;
use crate::store::ids;
use crate::store::sessions::rows::SessionVersion;
use crate::store::users::rows::time;

/// How long a browser is trusted after a second factor, however often it is used.
pub const TRUST_LIFETIME: Duration = Duration::days(30);
/// Browsers of one user. One more ends the oldest.
const MAX_PER_USER: i64 = 20;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustedBrowser {
    /// No secret.
    pub id: String,
    pub user_agent: Option<String>,
    pub ip: Option<String>,
    pub last_used_at: OffsetDateTime,
    pub expires_at: OffsetDateTime,
}

#[derive(FromRow)]
struct TrustedRow {
    id: String,
    user_agent: Option<String>,
    ip: Option<String>,
    last_used_at: i64,
    expires_at: i64,
}

impl Database {
    /// Trusts a browser, and returns the token for its cookie: a new one each time, so that none can be planted.
    pub async fn trust_browser(&self, user: UserId, audit: &AuditContext) -> Result<EmailToken, StoreError> {
        let token = ids::token()?;
        let mut write = self.write_as(user).await?;
        sqlx::query(
            "DELETE FROM trusted_browsers WHERE id IN (SELECT id FROM trusted_browsers WHERE user_id = $1 \
             ORDER BY id DESC LIMIT $2 OFFSET $3)",
        )
        .bind(user.to_string())
        .bind(MAX_PER_USER)
        .bind(MAX_PER_USER - 1)
        .execute(write.connection())
        .await?;
        sqlx::query(
            "INSERT INTO trusted_browsers (id, token_hash, user_id, user_agent, ip, created_at, last_used_at, expires_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $6, $7)",
        )
        .bind(ids::id(audit.now)?.to_string())
        .bind(ids::hash_of(&token))
        .bind(user.to_string())
        .bind(audit.client.user_agent.as_deref())
        .bind(audit.client.ip.map(|ip| ip.to_string()))
        .bind(audit.now.unix_timestamp())
        .bind((audit.now + TRUST_LIFETIME).unix_timestamp())
        .execute(write.connection())
        .await?;
        let event = AuditEvent::SecondFactor(SecondFactorEvent::BrowserTrusted);
        note(write.connection(), audit, Some(user), &event).await?;
        write.commit().await?;
        Ok(token)
    }

    /// Whether one of a browser's tokens is this user's, and notes its use.
    pub async fn is_trusted(
        &self,
        user: UserId,
        tokens: &[EmailToken],
        now: OffsetDateTime,
    ) -> Result<bool, StoreError> {
        for token in tokens {
            let _turn = self.turn().await?;
            let used = sqlx::query(
                "UPDATE trusted_browsers SET last_used_at = $3 \
                 WHERE token_hash = $1 AND user_id = $2 AND expires_at > $3",
            )
            .bind(ids::hash_of(token))
            .bind(user.to_string())
            .bind(now.unix_timestamp())
            .execute(&self.pool)
            .await?;
            if used.rows_affected() == 1 {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The newest first.
    pub async fn trusted_browsers(&self, user: UserId, now: OffsetDateTime) -> Result<Vec<TrustedBrowser>, StoreError> {
        let rows: Vec<TrustedRow> = sqlx::query_as(
            "SELECT id, user_agent, ip, last_used_at, expires_at FROM trusted_browsers \
             WHERE user_id = $1 AND expires_at > $2 ORDER BY id DESC LIMIT $3",
        )
        .bind(user.to_string())
        .bind(now.unix_timestamp())
        .bind(MAX_PER_USER)
        .fetch_all(&self.pool)
        .await?;
        let browser = |row: TrustedRow| {
            Ok(TrustedBrowser {
                id: row.id,
                user_agent: row.user_agent,
                ip: row.ip,
                last_used_at: time(row.last_used_at)?,
                expires_at: time(row.expires_at)?,
            })
        };
        rows.into_iter().map(browser).collect()
    }

    /// Asks a browser for the second factor again, at the request of the session `here`.
    pub async fn forget_trusted_browser(
        &self,
        user: UserId,
        id: &str,
        here: SessionVersion<'_>,
        audit: &AuditContext,
    ) -> Result<(), ChangeError> {
        let mut write = self.begin_as(user, here).await?.write;
        let deleted = sqlx::query("DELETE FROM trusted_browsers WHERE id = $1 AND user_id = $2")
            .bind(id)
            .bind(user.to_string())
            .execute(write.connection())
            .await?;
        if deleted.rows_affected() == 0 {
            return Err(ChangeError::NotFound);
        }
        let event = AuditEvent::SecondFactor(SecondFactorEvent::BrowserForgotten);
        note(write.connection(), audit, Some(user), &event).await?;
        write.commit().await?;
        Ok(())
    }
}

pub(in crate::store) async fn delete_trusted_browsers(
    connection: &mut Connection,
    user: UserId,
) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM trusted_browsers WHERE user_id = $1").bind(user.to_string()).execute(connection).await?;
    Ok(())
}
