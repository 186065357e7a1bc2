//! Rows of `sessions`.

use sqlx::FromRow;
use time::{Duration, OffsetDateTime};

use crate::accounts::{Authentications, ClientInfo, EmailToken, IdentityId, User, UserId};
use crate::store::engine::read::Columns;
use crate::store::error::StoreError;
use crate::store::sessions::condition::OpeningCondition;
use crate::store::users::rows::{UserRow, time};

#[derive(Clone, Debug)]
pub struct NewSession {
    pub user: UserId,
    pub identity: Option<IdentityId>,
    pub authentications: Authentications,
    /// For the list of devices, and for the event of a sign-in by password.
    pub client: ClientInfo,
    /// The application's data, as JSON.
    pub data: String,
    pub created_at: OffsetDateTime,
    /// Idle expiry. Limited by the absolute one.
    pub expires_at: OffsetDateTime,
    pub absolute_expires_at: OffsetDateTime,
    pub condition: OpeningCondition,
    /// The token of the browser's cookie: an email announces a browser that is new to the user. `None` announces nothing.
    pub browser: Option<EmailToken>,
}

impl NewSession {
    /// One that begins now, without a condition, and in no browser.
    pub fn beginning(
        user: UserId,
        identity: Option<IdentityId>,
        authentications: Authentications,
        client: &ClientInfo,
        now: OffsetDateTime,
    ) -> Self {
        Self {
            user,
            identity,
            authentications,
            client: client.clone(),
            data: "{}".to_owned(),
            created_at: now,
            expires_at: now + Session::IDLE,
            absolute_expires_at: now + Session::ABSOLUTE,
            condition: OpeningCondition::None,
            browser: None,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// The same for the whole life of the session. No secret: it gives no access.
    pub id: String,
    /// The number of renewals. What a request was allowed to do by an earlier version, it is not by this one.
    pub version: i64,
    pub user: UserId,
    /// `None` if no provider opened it, or if the identity has been unlinked since.
    pub identity: Option<IdentityId>,
    /// What opened it, as [`AuthenticationMethod::code`](crate::accounts::AuthenticationMethod::code) names it.
    pub provider: Option<String>,
    pub user_agent: Option<String>,
    pub ip: Option<String>,
    /// The application's data, as JSON.
    pub data: String,
    pub created_at: OffsetDateTime,
    pub last_seen_at: OffsetDateTime,
    /// Idle expiry.
    pub expires_at: OffsetDateTime,
    pub absolute_expires_at: OffsetDateTime,
    /// When the user last authenticated in this session.
    pub reauthenticated_at: OffsetDateTime,
    /// What opened the session.
    pub signed_in_by: Authentications,
    /// The steps of the last re-authentication, or of the sign-in.
    pub reauthenticated_by: Authentications,
}

/// A session as a request was authenticated by it. What changes the account checks that the session is still open, and
/// still has this version: a request with a stolen secret may have begun before the owner's renewal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionVersion<'a> {
    pub id: &'a str,
    pub version: i64,
}

impl Session {
    pub fn at_version(&self) -> SessionVersion<'_> {
        SessionVersion { id: &self.id, version: self.version }
    }

    /// A session expires after this time without use.
    pub const IDLE: Duration = Duration::days(14);
    /// A session expires after this time in any case.
    pub const ABSOLUTE: Duration = Duration::days(90);
    /// Sessions of one user. One more ends the least recently used.
    pub const MAX_PER_USER: i64 = 100;
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActiveSession {
    pub session: Session,
    pub user: User,
}

/// The columns of [`SessionRow`]. `sessions` must be in the `FROM`.
macro_rules! session_columns {
    () => {
        "sessions.id AS session_id, sessions.version, sessions.user_id AS session_user_id, sessions.identity_id, sessions.provider, \
         sessions.user_agent, sessions.ip, sessions.data, sessions.created_at, sessions.last_seen_at, \
         sessions.expires_at, sessions.absolute_expires_at, sessions.reauthenticated_at, \
         sessions.signed_in_by, sessions.reauthenticated_by"
    };
}

pub(in crate::store) use session_columns;

/// As [`session_columns`] names the columns.
#[derive(FromRow)]
pub(in crate::store) struct SessionRow {
    session_id: String,
    version: i64,
    session_user_id: String,
    identity_id: Option<String>,
    provider: Option<String>,
    user_agent: Option<String>,
    ip: Option<String>,
    data: String,
    created_at: i64,
    last_seen_at: i64,
    expires_at: i64,
    absolute_expires_at: i64,
    reauthenticated_at: i64,
    signed_in_by: String,
    reauthenticated_by: String,
}

impl SessionRow {
    /// In the order of [`session_columns`].
    pub(in crate::store) fn read(columns: &mut Columns<'_>) -> Result<Self, sqlx::Error> {
        Ok(Self {
            session_id: columns.next()?,
            version: columns.next()?,
            session_user_id: columns.next()?,
            identity_id: columns.next()?,
            provider: columns.next()?,
            user_agent: columns.next()?,
            ip: columns.next()?,
            data: columns.next()?,
            created_at: columns.next()?,
            last_seen_at: columns.next()?,
            expires_at: columns.next()?,
            absolute_expires_at: columns.next()?,
            reauthenticated_at: columns.next()?,
            signed_in_by: columns.next()?,
            reauthenticated_by: columns.next()?,
        })
    }
}

#[derive(FromRow)]
pub(in crate::store) struct ActiveSessionRow {
    #[sqlx(flatten)]
    session: SessionRow,
    #[sqlx(flatten)]
    user: UserRow,
}

impl ActiveSessionRow {
    /// In the order of [`session_columns`] and [`user_columns`](crate::store::users::rows::user_columns).
    pub(in crate::store) fn read(columns: &mut Columns<'_>) -> Result<Self, sqlx::Error> {
        Ok(Self { session: SessionRow::read(columns)?, user: UserRow::read(columns)? })
    }
}

impl TryFrom<SessionRow> for Session {
    type Error = StoreError;

    fn try_from(row: SessionRow) -> Result<Self, StoreError> {
        let signed_in_by = authentications(&row.signed_in_by)?;
        // The same until a user authenticates again.
        let reauthenticated_by = match row.reauthenticated_by == row.signed_in_by {
            true => signed_in_by.clone(),
            false => authentications(&row.reauthenticated_by)?,
        };
        Ok(Self {
            signed_in_by,
            reauthenticated_by,
            user: UserId::parse(&row.session_user_id)?,
            identity: row.identity_id.as_deref().map(IdentityId::parse).transpose()?,
            created_at: time(row.created_at)?,
            last_seen_at: time(row.last_seen_at)?,
            expires_at: time(row.expires_at)?,
            absolute_expires_at: time(row.absolute_expires_at)?,
            reauthenticated_at: time(row.reauthenticated_at)?,
            id: row.session_id,
            version: row.version,
            provider: row.provider,
            user_agent: row.user_agent,
            ip: row.ip,
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

fn authentications(json: &str) -> Result<Authentications, StoreError> {
    serde_json::from_str(json).map_err(|_| StoreError::Corrupt("sessions.signed_in_by".into()))
}

pub(in crate::store) fn authentications_json(authentications: &Authentications) -> Result<String, StoreError> {
    serde_json::to_string(authentications).map_err(|error| StoreError::Corrupt(error.to_string()))
}
