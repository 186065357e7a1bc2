//! tower-sessions' store on our own `sessions` table.
//!
//! The library makes the ids. A row exists only for a signed-in user, so an anonymous visitor costs
//! nothing. What every request reads does not go through the library's record: see `signed_in`.

use std::{fmt, sync::Arc};

use async_trait::async_trait;
use http::HeaderMap;
use time::Duration;
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
    relying_party::Clock,
    sealing::sha256_base64url,
    store::{Database, Session as Row, StoreError},
};

pub(super) const IDLE: Duration = Row::IDLE;
pub(super) const ABSOLUTE: Duration = Row::ABSOLUTE;
/// The cookie's name, without its prefix.
pub(super) const COOKIE: &str = "session";

#[derive(Clone)]
pub struct Sessions {
    database: Arc<Database>,
    clock: Clock,
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
    /// Only a sign-in opens a session (`signed_in::open`), in a transaction of its own.
    async fn create(&self, _: &mut Record) -> Result<()> {
        Err(Error::Encode("only a sign-in opens a session".to_owned()))
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

impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sessions")
    }
}

fn data_of(record: &Record) -> Result<String> {
    serde_json::to_string(&record.data).map_err(|error| Error::Encode(error.to_string()))
}

fn backend(error: StoreError) -> Error {
    Error::Backend(error.to_string())
}
