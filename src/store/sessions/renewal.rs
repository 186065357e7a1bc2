//! Renewal: a session gets another secret when its user re-authenticates or changes a sign-in method.
//!
//! The earlier secret leads nowhere from then on, so that a copy of it does not profit from the re-authentication. The
//! session keeps its id: what runs meanwhile by the earlier secret finds its session open, or ended, but never missing.

use secrecy::{ExposeSecret, SecretString};
use time::{Duration, OffsetDateTime};

use crate::accounts::Authentications;
use crate::sealing::RandomError;
use crate::store::engine::database::Database;
use crate::store::engine::write::Write;
use crate::store::error::StoreError;
use crate::store::sessions::refresh_token::RefreshToken;
use crate::store::sessions::rows::authentications_json;

/// How far apart two requests can be that renew a session by the same earlier secret: a form that was submitted twice.
pub(in crate::store) const RENEWAL_RACE: Duration = Duration::seconds(10);

/// The session that a request renews.
#[derive(Clone, Debug)]
pub struct Renewal<'a> {
    pub id: &'a str,
    /// The version that the request was authenticated by.
    pub version: i64,
    /// The steps that are recent now, if the user has just re-authenticated.
    pub reauthenticated_by: Option<Authentications>,
    pub now: OffsetDateTime,
}

impl Renewal<'_> {
    /// Unix seconds.
    fn reauthenticated_at(&self) -> Option<i64> {
        self.reauthenticated_by.as_ref().and_then(Authentications::last_at)
    }
}

impl Database {
    /// Renews a cookie session with this secret, whose hash is `id_hash`, and returns the secret that the session has now:
    /// another one if a re-authentication that raced with this one has renewed it. `None` when the session is gone.
    pub async fn renew_session(
        &self,
        renewal: &Renewal<'_>,
        secret: SecretString,
        id_hash: &str,
    ) -> Result<Option<SecretString>, StoreError> {
        let mut write = self.write().await?;
        if !begin(&mut write, renewal, &secret).await? {
            return by_the_other(write, renewal).await;
        }
        sqlx::query("UPDATE sessions SET previous_id_hash = id_hash, id_hash = $2 WHERE id = $1")
            .bind(renewal.id)
            .bind(id_hash)
            .execute(write.connection())
            .await?;
        write.commit().await?;
        Ok(Some(secret))
    }

    /// Renews a token session, as [`renew_session`](Self::renew_session) does, and returns its refresh token. Older access
    /// and refresh tokens stop working at once. Within ten seconds an older refresh token is only refused, as another tab
    /// may present one; then it counts as reuse.
    pub async fn renew_token_session(&self, renewal: &Renewal<'_>) -> Result<Option<RefreshToken>, StoreError> {
        let mut write = self.write().await?;
        // Before the generation is read: it takes the lock on the session.
        let lock = sqlx::query("UPDATE sessions SET version = version WHERE id = $1").bind(renewal.id);
        lock.execute(write.connection()).await?;
        let generation: Option<(i64,)> = sqlx::query_as("SELECT generation FROM refresh_tokens WHERE session = $1")
            .bind(renewal.id)
            .fetch_optional(write.connection())
            .await?;
        let Some((generation,)) = generation else { return Ok(None) };
        let next = RefreshToken::mint(write.sealer(), renewal.id, generation + 1)?;
        if !begin(&mut write, renewal, &next.expose().into()).await? {
            let text = by_the_other(write, renewal).await?;
            return Ok(text.and_then(|text| RefreshToken::parse(text.expose_secret())));
        }
        sqlx::query(
            "UPDATE refresh_tokens SET generation = $2, token_hash = $3, issued_at = $4, previous_hash = NULL, \
             successor = NULL, renewed_generation = $2 WHERE session = $1",
        )
        .bind(renewal.id)
        .bind(next.generation())
        .bind(next.hash())
        .bind(renewal.now.unix_timestamp())
        .execute(write.connection())
        .await?;
        write.commit().await?;
        Ok(Some(next))
    }
}

/// False when the session is gone, or no longer has this version.
async fn begin(write: &mut Write<'_>, renewal: &Renewal<'_>, secret: &SecretString) -> Result<bool, StoreError> {
    write.revocation_cache().session(renewal.id);
    let sealed = write.sealer().seal(&place(renewal), secret.expose_secret().as_bytes()).map_err(|_| RandomError)?;
    let renewed = sqlx::query(
        "UPDATE sessions SET version = version + 1, renewed_at = $3, renewal = $4, \
         reauthenticated_at = COALESCE($5, reauthenticated_at), reauthenticated_by = COALESCE($6, reauthenticated_by) \
         WHERE id = $1 AND version = $2",
    )
    .bind(renewal.id)
    .bind(renewal.version)
    .bind(renewal.now.unix_timestamp())
    .bind(sealed)
    .bind(renewal.reauthenticated_at())
    .bind(renewal.reauthenticated_by.as_ref().map(authentications_json).transpose()?)
    .execute(write.connection())
    .await?;
    Ok(renewed.rows_affected() == 1)
}

/// The secret of a renewal that was faster. Only for a request that has just re-authenticated its user: being authenticated by
/// the same earlier secret is not enough, as a thief may have a copy of that.
async fn by_the_other(mut write: Write<'_>, renewal: &Renewal<'_>) -> Result<Option<SecretString>, StoreError> {
    let Some(steps) = &renewal.reauthenticated_by else { return Ok(None) };
    let sealed: Option<(String,)> = sqlx::query_as(
        "UPDATE sessions SET reauthenticated_at = $4, reauthenticated_by = $5 \
         WHERE id = $1 AND version = $2 AND renewal IS NOT NULL AND renewed_at >= $3 RETURNING renewal",
    )
    .bind(renewal.id)
    .bind(renewal.version + 1)
    .bind((renewal.now - RENEWAL_RACE).unix_timestamp())
    .bind(steps.last_at())
    .bind(authentications_json(steps)?)
    .fetch_optional(write.connection())
    .await?;
    let Some((sealed,)) = sealed else { return Ok(None) };
    let unreadable = || StoreError::Corrupt("sessions.renewal".into());
    let plain = write.sealer().open(&place(renewal), &sealed).map_err(|_| unreadable())?;
    let secret = String::from_utf8(plain).map_err(|_| unreadable())?;
    write.commit().await?;
    Ok(Some(secret.into()))
}

/// The sealing context: the secret opens only for a request that came with the version before it.
fn place(renewal: &Renewal<'_>) -> String {
    format!("renewal {} {}", renewal.version, renewal.id)
}
