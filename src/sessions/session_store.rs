//! tower-sessions' store on our own `sessions` table.
//!
//! The library makes the ids. A row exists only for a signed-in user, so an anonymous visitor costs
//! nothing. What every request reads does not go through the library's record: see `signed_in`.

use std::{fmt, sync::Arc};

use async_trait::async_trait;
use http::HeaderMap;
use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};
use tower_sessions::{
    Session, SessionStore,
    session::{Id, Record},
    session_store::{Error, Result},
};

use super::{
    cookies::{self, Cookies},
    services::Services,
};
use crate::{
    accounts::{Authentications, IdentityId, UserId},
    relying_party::Clock,
    sealing::sha256_base64url,
    store::{Database, NewSession, Session as Row, StoreError},
};

pub(super) const IDLE: Duration = Row::IDLE;
pub(super) const ABSOLUTE: Duration = Row::ABSOLUTE;
/// The cookie's name, without its prefix.
pub(super) const COOKIE: &str = "session";
/// The record's member with the columns of a new row.
pub(super) const OPENING: &str = "opening";

#[derive(Clone)]
pub struct Sessions {
    database: Arc<Database>,
    clock: Clock,
}

/// The columns of a new row.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Opening {
    pub(super) user: String,
    pub(super) identity: Option<String>,
    pub(super) authentications: Authentications,
    pub(super) user_agent: Option<String>,
    pub(super) ip: Option<String>,
    /// Hash of the id of the browser's earlier session.
    pub(super) replaces: Option<String>,
}

impl Sessions {
    pub fn new(database: Arc<Database>, clock: Clock) -> Self {
        Self { database, clock }
    }
}

/// The session that a request's cookie names. It is not looked up; without a well-formed id it is a new one.
///
/// Not by the layer of tower-sessions, which trims and percent-decodes the names of cookies, takes the last of two, and finds
/// none in a header with a byte that is not UTF-8.
pub fn session_of(request: &HeaderMap, services: &Services) -> Session {
    let sessions = Sessions::new(services.database.clone(), services.clock.clone());
    Session::new(session_id(request, services.cookies), Arc::new(sessions), None)
}

/// The id in a request's cookie.
pub(super) fn session_id(request: &HeaderMap, cookies: Cookies) -> Option<Id> {
    cookies::find(request, &cookies.name(COOKIE))?.parse().ok()
}

/// The table has only this hash of the id: its readers cannot sign in with it (ASVS 5.0 7.2).
pub(super) fn id_hash(id: &Id) -> String {
    sha256_base64url(id.0.to_le_bytes())
}

#[async_trait]
impl SessionStore for Sessions {
    async fn create(&self, record: &mut Record) -> Result<()> {
        loop {
            let (session, earlier) = self.new_session(record)?;
            if self
                .database
                .replace_session(earlier.as_deref(), &id_hash(&record.id), &session)
                .await
                .map_err(backend)?
            {
                return Ok(());
            }
            record.id = Id::default();
        }
    }

    /// Only updates an existing row: a request that outlives a sign-out must not restore the session.
    async fn save(&self, record: &Record) -> Result<()> {
        let now = self.clock.date();
        let data = data_of(record)?;
        self.database.save_session(&id_hash(&record.id), &data, now + IDLE, now).await.map_err(backend)?;
        Ok(())
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let active = self.database.load_session(&id_hash(id), self.clock.date()).await.map_err(backend)?;
        active
            .map(|active| {
                Ok(Record {
                    id: *id,
                    data: serde_json::from_str(&active.session.data)
                        .map_err(|error| Error::Decode(error.to_string()))?,
                    expiry_date: active.session.absolute_expires_at,
                })
            })
            .transpose()
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        self.database.delete_session_by_hash(&id_hash(id)).await.map_err(backend)?;
        Ok(())
    }
}

impl Sessions {
    fn new_session(&self, record: &Record) -> Result<(NewSession, Option<String>)> {
        let opening: Opening = record
            .data
            .get(OPENING)
            .and_then(|value| serde_json::from_value(value.clone()).ok())
            .ok_or_else(|| Error::Encode("only a sign-in opens a session".to_owned()))?;
        let now: OffsetDateTime = self.clock.date();
        let unreadable = |_| Error::Encode("the opening has no valid user".to_owned());
        let session = NewSession {
            user: UserId::parse(&opening.user).map_err(unreadable)?,
            identity: opening.identity.as_deref().map(IdentityId::parse).transpose().map_err(unreadable)?,
            authentications: opening.authentications,
            user_agent: opening.user_agent,
            ip: opening.ip,
            data: data_of(record)?,
            created_at: now,
            expires_at: now + IDLE,
            absolute_expires_at: now + ABSOLUTE,
        };
        Ok((session, opening.replaces))
    }
}

impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sessions")
    }
}

/// The record without what is in the columns.
fn data_of(record: &Record) -> Result<String> {
    let rest: serde_json::Map<_, _> = record
        .data
        .iter()
        .filter(|(name, _)| *name != OPENING)
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    serde_json::to_string(&rest).map_err(|error| Error::Encode(error.to_string()))
}

fn backend(error: StoreError) -> Error {
    Error::Backend(error.to_string())
}
