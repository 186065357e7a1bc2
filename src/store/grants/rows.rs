//! The table `grants`.

use sqlx::FromRow;
use time::OffsetDateTime;

use crate::accounts::{Identity, IdentityId, IdentityKey, UserId};
use crate::inspect::{self, Change, Step};
use crate::oauth::Scopes;
use crate::sealing::Sealer;
use crate::store::engine::connection::Connection;
use crate::store::engine::database::Database;
use crate::store::engine::write::Write;
use crate::store::error::StoreError;
use crate::store::grants::revocations::{cancel_revocations, waiting_revocation};
use crate::store::grants::sealed::{GrantPlace, SealedTokens};
use crate::store::grants::types::{
    FoundGrant, Grant, GrantEndReason, GrantStatus, NewGrant, OpenGrant, RevocationStatus,
};
use crate::store::users::identities::identities_of;
use crate::store::users::rows::time;

/// Seconds between two writes of `used_at`, so that reading a page of files does not write each time.
const USED_AT_RESOLUTION: i64 = 60;

#[derive(FromRow)]
struct GrantRow {
    identity_id: String,
    user_id: String,
    provider: String,
    scopes: String,
    agreed_scopes: String,
    access_expires_at: Option<i64>,
    renewable: i64,
    given_at: i64,
    used_at: Option<i64>,
    ended_at: Option<i64>,
    ended_because: Option<String>,
    revoked_at: Option<i64>,
}

#[derive(FromRow)]
struct OpenRow {
    scopes: String,
    agreed_scopes: String,
    access_token: Option<String>,
    refresh_token: Option<String>,
    access_expires_at: Option<i64>,
    generation: i64,
    refreshing_until: Option<i64>,
    used_at: Option<i64>,
    ended_because: Option<String>,
}

impl Database {
    /// Including ended ones, the oldest first.
    pub async fn grants(&self, user: UserId) -> Result<Vec<Grant>, StoreError> {
        let mut connection = self.pool.acquire().await?;
        let rows: Vec<GrantRow> = sqlx::query_as(
            "SELECT identity_id, user_id, provider, scopes, agreed_scopes, access_expires_at, \
             CASE WHEN refresh_token IS NULL THEN 0 ELSE 1 END AS renewable, \
             given_at, used_at, ended_at, ended_because, revoked_at FROM grants WHERE user_id = $1 ORDER BY identity_id",
        )
        .bind(user.to_string())
        .fetch_all(&mut *connection)
        .await?;
        let is_pending = |row: &GrantRow| row.ended_at.is_some() && row.revoked_at.is_none();
        let identities =
            if rows.iter().any(is_pending) { identities_of(&mut connection, user).await? } else { Vec::new() };
        let mut grants = Vec::with_capacity(rows.len());
        for row in rows {
            let identity = identities.iter().find(|identity| identity.id.to_string() == row.identity_id);
            let waiting = match identity.filter(|_| is_pending(&row)) {
                Some(identity) => waiting_revocation(&mut connection, &identity.key).await?,
                None => None,
            };
            grants.push(row.into_grant(waiting)?);
        }
        Ok(grants)
    }

    pub async fn open_grant(&self, identity: &Identity) -> Result<FoundGrant, StoreError> {
        let row: Option<OpenRow> = sqlx::query_as(
            "SELECT scopes, agreed_scopes, access_token, refresh_token, access_expires_at, generation, \
             refreshing_until, used_at, ended_because FROM grants WHERE identity_id = $1 AND user_id = $2",
        )
        .bind(identity.id.to_string())
        .bind(identity.user.to_string())
        .fetch_optional(&self.pool)
        .await?;
        let Some(row) = row else { return Ok(FoundGrant::None) };
        if let Some(because) = row.ended_because.as_deref() {
            return Ok(GrantEndReason::from_code(because).map_or(FoundGrant::None, FoundGrant::Lost));
        }
        match opened(&self.sealer, identity, row)? {
            Some(open) => Ok(FoundGrant::Live(Box::new(open))),
            None => Ok(FoundGrant::Unreadable),
        }
    }

    /// Updates `used_at`, at most once a minute.
    pub async fn grant_used(
        &self,
        identity: IdentityId,
        open: &OpenGrant,
        now: OffsetDateTime,
    ) -> Result<(), StoreError> {
        let now = now.unix_timestamp();
        if open.used_at.is_some_and(|used_at| (0..USED_AT_RESOLUTION).contains(&now.saturating_sub(used_at))) {
            return Ok(());
        }
        let _turn = self.turn().await?;
        sqlx::query("UPDATE grants SET used_at = $2 WHERE identity_id = $1")
            .bind(identity.to_string())
            .bind(now)
            .execute(&self.pool)
            .await?;
        Ok(())
    }
}

impl GrantRow {
    fn into_grant(self, waiting: Option<u32>) -> Result<Grant, StoreError> {
        let state = match (self.ended_at, self.ended_because.as_deref()) {
            (Some(at), because) => match because.and_then(GrantEndReason::from_code) {
                Some(because) => GrantStatus::Lost(because),
                None => GrantStatus::Disconnected {
                    at: time(at)?,
                    revocation: match (self.revoked_at, waiting) {
                        (Some(at), _) => RevocationStatus::Done { at: time(at)? },
                        (None, Some(attempts)) => RevocationStatus::Pending { attempts },
                        (None, None) => RevocationStatus::Failed,
                    },
                },
            },
            (None, _) => GrantStatus::Live,
        };
        Ok(Grant {
            identity: IdentityId::parse(&self.identity_id)?,
            user: UserId::parse(&self.user_id)?,
            provider: self.provider,
            scopes: Scopes::parse(&self.scopes),
            agreed: Scopes::parse(&self.agreed_scopes),
            given_at: time(self.given_at)?,
            used_at: self.used_at.map(time).transpose()?,
            access_expires_at: self.access_expires_at.map(time).transpose()?,
            renewable: self.renewable != 0,
            state,
        })
    }
}

/// Inserts or replaces a grant. Extending a live one keeps `given_at` and `used_at`. Cancels pending revocations of the
/// account.
pub(in crate::store) async fn put_grant(
    write: &mut Write<'_>,
    row: GrantPlace<'_>,
    key: &IdentityKey,
    grant: &NewGrant,
    now: OffsetDateTime,
) -> Result<(), StoreError> {
    let sealed = SealedTokens::of(write.sealer(), row, &grant.access_token, grant.refresh_token.as_ref())?;
    inspect::record(|_| Step::row("grants", Change::Inserted));
    sqlx::query(
        "INSERT INTO grants (identity_id, user_id, provider, scopes, agreed_scopes, access_token, refresh_token, \
         access_expires_at, generation, given_at) VALUES ($1, $2, $3, $4, $4, $5, $6, $7, 1, $8) \
         ON CONFLICT (identity_id) DO UPDATE SET scopes = excluded.scopes, agreed_scopes = excluded.agreed_scopes, \
         access_token = excluded.access_token, \
         refresh_token = COALESCE(excluded.refresh_token, grants.refresh_token), \
         access_expires_at = excluded.access_expires_at, generation = grants.generation + 1, \
         refreshing_until = NULL, \
         given_at = CASE WHEN grants.ended_at IS NULL THEN grants.given_at ELSE excluded.given_at END, \
         used_at = CASE WHEN grants.ended_at IS NULL THEN grants.used_at END, \
         ended_at = NULL, ended_because = NULL, revoked_at = NULL",
    )
    .bind(row.identity.to_string())
    .bind(row.user.to_string())
    .bind(row.provider)
    .bind(grant.scopes.to_string())
    .bind(sealed.access_token)
    .bind(sealed.refresh_token)
    .bind(grant.access_expires_at.map(OffsetDateTime::unix_timestamp))
    .bind(now.unix_timestamp())
    .execute(write.connection())
    .await?;
    // After the row is locked: a transaction that was ending the grant has queued its revocation by now.
    cancel_revocations(write.connection(), key).await
}

/// Whether an account at a provider has a live grant, whichever user it is linked to.
pub(in crate::store) async fn is_granted(connection: &mut Connection, key: &IdentityKey) -> Result<bool, StoreError> {
    let (grants,): (i64,) = sqlx::query_as(
        "SELECT count(*) FROM identities JOIN grants ON grants.identity_id = identities.id \
         WHERE identities.issuer = $1 AND identities.subject = $2 AND grants.ended_at IS NULL",
    )
    .bind(key.issuer())
    .bind(key.subject())
    .fetch_one(connection)
    .await?;
    Ok(grants > 0)
}

fn opened(sealer: &Sealer, identity: &Identity, row: OpenRow) -> Result<Option<OpenGrant>, StoreError> {
    let access_token = row.access_token.ok_or_else(|| StoreError::Corrupt("grants.access_token".into()))?;
    let sealed = SealedTokens { access_token, refresh_token: row.refresh_token };
    let Some((access_token, refresh_token)) = sealed.open(sealer, GrantPlace::of(identity)) else { return Ok(None) };
    Ok(Some(OpenGrant {
        generation: row.generation,
        scopes: Scopes::parse(&row.scopes),
        agreed: Scopes::parse(&row.agreed_scopes),
        access_token,
        access_expires_at: row.access_expires_at.map(time).transpose()?,
        refresh_token,
        refreshing_until: row.refreshing_until.map(time).transpose()?,
        used_at: row.used_at,
    }))
}
