//! Rows of `grants`: what a provider gave for an identity beyond who it is.

use secrecy::{ExposeSecret, SecretString};
use sqlx::{AnyConnection, FromRow};
use time::OffsetDateTime;

use super::database::Database;
use super::error::StoreError;
use super::identities::identities_of;
use super::revocations::{cancel_revocations, waiting_revocation};
use super::user_rows::time;
use super::write::Write;
use crate::accounts::{Identity, IdentityId, IdentityKey, UserId};
use crate::oauth::Scopes;
use crate::sealing::Sealer;

/// Between two times that a grant was of use and that are both written down, in seconds: a page of files is no reason to
/// write for each of its readers.
const USED_AGAIN: i64 = 60;

/// What a provider gave, as it is to be kept.
#[derive(Clone, Debug)]
pub struct NewGrant {
    /// What was granted: the answer's word, not what was asked for.
    pub scopes: Scopes,
    /// The access token.
    pub access_token: SecretString,
    /// When it runs out, where the provider says.
    pub access_expires_at: Option<OffsetDateTime>,
    /// What renews it. `None` keeps the one that is there.
    pub refresh_token: Option<SecretString>,
}

/// A grant, to be shown. There is no token in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// Of which identity.
    pub identity: IdentityId,
    /// Whose.
    pub user: UserId,
    /// The provider's slug.
    pub provider: String,
    /// What was granted, and is still.
    pub scopes: Scopes,
    /// What the person agreed to when they were last asked. What is not among `scopes` any more, the provider took out.
    pub agreed: Scopes,
    /// Since when, however much was added since.
    pub given_at: OffsetDateTime,
    /// When it was last of use, to the minute.
    pub used_at: Option<OffsetDateTime>,
    /// When the access token runs out, where the provider says.
    pub access_expires_at: Option<OffsetDateTime>,
    /// Whether there is something to renew it with.
    pub renewable: bool,
    /// How it stands.
    pub state: GrantStatus,
}

/// How a grant stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GrantStatus {
    /// It can be used.
    Live,
    /// It ended by itself: the person has to connect anew.
    Lost(GrantEndReason),
    /// The person ended it.
    Disconnected {
        /// When.
        at: OffsetDateTime,
        /// What became of it at the provider.
        revocation: RevocationStatus,
    },
}

/// Why a grant ended by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GrantEndReason {
    /// The provider does not take the tokens any more.
    Revoked,
    /// The access ran out, and there was nothing to renew it with.
    Expired,
}

/// What became of the tokens at the provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RevocationStatus {
    /// They are to be revoked still.
    Pending {
        /// How often that has failed.
        attempts: u32,
    },
    /// The provider has forgotten them.
    Done {
        /// When it said so.
        at: OffsetDateTime,
    },
    /// It did not confirm, and is not asked any more.
    Failed,
}

/// The grant of an identity, to be used.
#[derive(Debug)]
pub enum FoundGrant {
    /// There is none, or the person has ended it.
    None,
    /// It ended by itself.
    Lost(GrantEndReason),
    /// Its tokens were sealed with a key that we do not have.
    Unreadable,
    /// Here it is.
    Live(Box<OpenGrant>),
}

/// A grant with its tokens.
#[derive(Debug)]
pub struct OpenGrant {
    /// Grows with each change of the tokens.
    pub generation: i64,
    /// What was granted, and is still.
    pub scopes: Scopes,
    /// What the person agreed to.
    pub agreed: Scopes,
    /// The access token.
    pub access_token: SecretString,
    /// When it runs out, where the provider says.
    pub access_expires_at: Option<OffsetDateTime>,
    /// What renews it.
    pub refresh_token: Option<SecretString>,
    /// Until when somebody is renewing it.
    pub refreshing_until: Option<OffsetDateTime>,
    /// When it was last of use.
    used_at: Option<i64>,
}

impl GrantEndReason {
    /// The reason in one word, for the row and the audit trail.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Revoked => "revoked",
            Self::Expired => "expired",
        }
    }

    fn from_code(code: &str) -> Option<Self> {
        [Self::Revoked, Self::Expired].into_iter().find(|because| because.code() == code)
    }
}

/// Ended by the person.
pub(super) const DISCONNECTED: &str = "disconnected";

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
    /// A user's grants, those that have ended included, the oldest first.
    ///
    /// # Errors
    /// As every query: [`StoreError`].
    pub async fn grants(&self, user: UserId) -> Result<Vec<Grant>, StoreError> {
        let mut connection = self.pool.acquire().await?;
        let rows: Vec<GrantRow> = sqlx::query_as(
            "SELECT identity_id, user_id, provider, scopes, COALESCE(agreed_scopes, scopes) AS agreed_scopes, \
             access_expires_at, \
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

    /// The grant of an identity with its tokens.
    ///
    /// # Errors
    /// As every query: [`StoreError`].
    pub async fn open_grant(&self, identity: &Identity) -> Result<FoundGrant, StoreError> {
        let row: Option<OpenRow> = sqlx::query_as(
            "SELECT scopes, COALESCE(agreed_scopes, scopes) AS agreed_scopes, access_token, refresh_token, \
             access_expires_at, generation, refreshing_until, used_at, ended_because FROM grants WHERE identity_id = $1 AND user_id = $2",
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

    /// Writes down that a grant was of use just now, unless that stands there already.
    ///
    /// # Errors
    /// As every query: [`StoreError`].
    pub async fn grant_used(
        &self,
        identity: IdentityId,
        open: &OpenGrant,
        now: OffsetDateTime,
    ) -> Result<(), StoreError> {
        let now = now.unix_timestamp();
        if open.used_at.is_some_and(|used_at| (0..USED_AGAIN).contains(&now.saturating_sub(used_at))) {
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

/// Keeps what a provider gave, as part of a transaction, in place of what was there. One thing more to see makes a grant
/// that lives no younger, and not unused. What waits to be revoked of the account is void.
pub(super) async fn put_grant(
    write: &mut Write<'_>,
    row: GrantPlace<'_>,
    key: &IdentityKey,
    grant: &NewGrant,
    now: OffsetDateTime,
) -> Result<(), StoreError> {
    let sealed = SealedTokens::of(write.sealer(), row, &grant.access_token, grant.refresh_token.as_ref())?;
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
    // Now that the row is ours: who was ending the grant at this moment has queued by now what they had to.
    cancel_revocations(write.connection(), key).await
}

/// Whether an account at a provider has a grant that can be used, whoever it belongs to here.
pub(super) async fn is_granted(connection: &mut AnyConnection, key: &IdentityKey) -> Result<bool, StoreError> {
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

/// Which row a token is sealed for. In another row, or in the other column, it does not open: who can write to the
/// database, and not read the key, cannot make one person's files another's.
#[derive(Clone, Copy, Debug)]
pub(super) struct GrantPlace<'a> {
    pub(super) user: UserId,
    pub(super) provider: &'a str,
    pub(super) identity: IdentityId,
}

impl<'a> GrantPlace<'a> {
    pub(super) fn of(identity: &'a Identity) -> Self {
        Self { user: identity.user, provider: &identity.provider, identity: identity.id }
    }

    fn column(self, column: &str) -> String {
        let Self { user, provider, identity } = self;
        format!("grants {user} {provider} {identity} {column}")
    }
}

const ACCESS_TOKEN: &str = "access_token";
const REFRESH_TOKEN: &str = "refresh_token";

/// Both tokens as the row holds them.
pub(super) struct SealedTokens {
    pub(super) access_token: String,
    pub(super) refresh_token: Option<String>,
}

impl SealedTokens {
    /// Seals both, each for its own column.
    pub(super) fn of(
        sealer: &Sealer,
        row: GrantPlace<'_>,
        access_token: &SecretString,
        refresh_token: Option<&SecretString>,
    ) -> Result<Self, StoreError> {
        let seal = |column, token: &SecretString| {
            let sealed = sealer.seal(&row.column(column), token.expose_secret().as_bytes());
            sealed.map_err(|_| StoreError::Corrupt("a token that cannot be sealed".into()))
        };
        Ok(Self {
            access_token: seal(ACCESS_TOKEN, access_token)?,
            refresh_token: refresh_token.map(|token| seal(REFRESH_TOKEN, token)).transpose()?,
        })
    }

    /// Opens both; `None` when one was sealed with a key that we do not have, or for another row.
    pub(super) fn open(&self, sealer: &Sealer, row: GrantPlace<'_>) -> Option<(SecretString, Option<SecretString>)> {
        let open = |column, sealed: &str| {
            let plain = sealer.open(&row.column(column), sealed).ok()?;
            String::from_utf8(plain).ok().map(SecretString::from)
        };
        let access = open(ACCESS_TOKEN, &self.access_token)?;
        match &self.refresh_token {
            Some(sealed) => Some((access, Some(open(REFRESH_TOKEN, sealed)?))),
            None => Some((access, None)),
        }
    }
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
