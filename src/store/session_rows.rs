//! Rows of `sessions`.

use sqlx::FromRow;
use time::{Duration, OffsetDateTime};

use super::error::StoreError;
use super::user_rows::{UserRow, time};
use crate::accounts::{IdentityId, User, UserId};

/// A session to be written down.
#[derive(Clone, Debug)]
pub struct NewSession {
    /// Hash of the id in the cookie. Random where tokens carry the session: then there is no such id.
    pub id_hash: String,
    /// Who is signed in.
    pub user: UserId,
    /// The identity that opened it.
    pub identity: Option<IdentityId>,
    /// The provider's slug.
    pub provider: Option<String>,
    /// The browser's own description.
    pub user_agent: Option<String>,
    /// The client's address.
    pub address: Option<String>,
    /// What the application keeps in it, as JSON.
    pub data: String,
    /// Now.
    pub created_at: OffsetDateTime,
    /// Its idle end. Kept within the absolute one.
    pub expires_at: OffsetDateTime,
    /// Its absolute end.
    pub absolute_expires_at: OffsetDateTime,
}

/// A browser that is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Hash of the id in the cookie. Not a secret from its user: it opens nothing.
    pub id_hash: String,
    /// Who is signed in.
    pub user: UserId,
    /// The identity that opened it, if it is still linked.
    pub identity: Option<IdentityId>,
    /// The provider's slug.
    pub provider: Option<String>,
    /// The browser's own description.
    pub user_agent: Option<String>,
    /// The client's address at the sign-in.
    pub address: Option<String>,
    /// What the application keeps in it, as JSON.
    pub data: String,
    /// When the person signed in.
    pub created_at: OffsetDateTime,
    /// When it was last saved.
    pub last_seen_at: OffsetDateTime,
    /// Its idle end.
    pub expires_at: OffsetDateTime,
    /// Its absolute end.
    pub absolute_expires_at: OffsetDateTime,
    /// When the person last proved, in it, who they are.
    pub reauthenticated_at: OffsetDateTime,
}

impl Session {
    /// A session ends when nothing was asked for so long.
    pub const IDLE: Duration = Duration::days(14);
    /// A session ends then, whatever happens.
    pub const ABSOLUTE: Duration = Duration::days(90);
}

/// A session together with its user, from one query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActiveSession {
    /// The session.
    pub session: Session,
    /// Its user.
    pub user: User,
}

/// The columns of [`SessionRow`], for queries that begin `SELECT`. `sessions` must be in the `FROM`.
macro_rules! session_columns {
    () => {
        "sessions.id_hash, sessions.user_id AS session_user_id, sessions.identity_id, sessions.provider, \
         sessions.user_agent, sessions.address, sessions.data, sessions.created_at, sessions.last_seen_at, \
         sessions.expires_at, sessions.absolute_expires_at, sessions.reauthenticated_at"
    };
}

pub(super) use session_columns;

/// A row of `sessions`, as [`session_columns`] names it.
#[derive(FromRow)]
pub(super) struct SessionRow {
    id_hash: String,
    session_user_id: String,
    identity_id: Option<String>,
    provider: Option<String>,
    user_agent: Option<String>,
    address: Option<String>,
    data: String,
    created_at: i64,
    last_seen_at: i64,
    expires_at: i64,
    absolute_expires_at: i64,
    reauthenticated_at: i64,
}

/// A row of both tables.
#[derive(FromRow)]
pub(super) struct ActiveSessionRow {
    #[sqlx(flatten)]
    session: SessionRow,
    #[sqlx(flatten)]
    user: UserRow,
}

impl TryFrom<SessionRow> for Session {
    type Error = StoreError;

    fn try_from(row: SessionRow) -> Result<Self, StoreError> {
        Ok(Self {
            user: UserId::parse(&row.session_user_id)?,
            identity: row.identity_id.as_deref().map(IdentityId::parse).transpose()?,
            created_at: time(row.created_at)?,
            last_seen_at: time(row.last_seen_at)?,
            expires_at: time(row.expires_at)?,
            absolute_expires_at: time(row.absolute_expires_at)?,
            reauthenticated_at: time(row.reauthenticated_at)?,
            id_hash: row.id_hash,
            provider: row.provider,
            user_agent: row.user_agent,
            address: row.address,
            data: row.data,
        })
    }
}

impl TryFrom<ActiveSessionRow> for ActiveSession {
    type Error = StoreError;

    fn try_from(row: ActiveSessionRow) -> Result<Self, StoreError> {
        Ok(Self { session: row.session.try_into()?, user: row.user.try_into()? })
    }
}
