//! The database: its engine, its pool, and what this process knows of it.

use std::sync::Arc;

use sqlx::any::{AnyConnectOptions, install_default_drivers};
use tokio::sync::Mutex;

use crate::sealing::Sealer;
use crate::store::engine::engines::{self, Engine};
use crate::store::engine::pool::Pool;
use crate::store::engine::sole_process::Alone;
use crate::store::error::StoreError;
use crate::store::sessions::revocation_cache::RevocationCache;

/// The database: SQLite or PostgreSQL, by its URL.
#[derive(Debug)]
pub struct Database {
    pub(in crate::store) pool: Pool,
    pub(in crate::store) engine: Engine,
    /// SQLite allows one writer at a time. The writers of this process queue here, in order, instead of polling the
    /// file's lock; the busy timeout is for other processes.
    pub(in crate::store) turn: Arc<Mutex<()>>,
    /// For values that must stay unreadable in a copy or a replica of the database.
    pub(in crate::store) sealer: Arc<Sealer>,
    pub(in crate::store) revocation_cache: RevocationCache,
    pub(in crate::store) alone: Alone,
}

impl Database {
    /// Connects to `sqlite://path` (creating file and folder) or `postgres://user:password@host/name`.
    /// [`migrate`](Self::migrate) updates the schema. All machines need a `sealer` with the same keys.
    ///
    /// # Errors
    /// [`StoreError::Url`] when the URL cannot be used, [`StoreError::Unavailable`] when nothing answers.
    pub async fn connect(url: &str, sealer: Sealer) -> Result<Self, StoreError> {
        Self::connect_with_limit(url, sealer, None).await
    }

    /// The same with at most `connections`, instead of the engine's limit.
    ///
    /// # Errors
    /// As [`connect`](Self::connect).
    pub async fn connect_with_limit(url: &str, sealer: Sealer, connections: Option<u32>) -> Result<Self, StoreError> {
        install_default_drivers();
        let engine = Engine::of(url)?;
        let options = match engine {
            Engine::Sqlite => {
                if let Some(folder) = engines::folder(url)? {
                    std::fs::create_dir_all(folder).map_err(|error| StoreError::Unavailable(error.into()))?;
                }
                options(&engines::creating(url))?
            }
            Engine::Postgres => options(url)?,
        };
        let pool = Pool::connect(options, engine, connections.unwrap_or(engine.connections())).await?;
        // After the file was created: its path can be canonicalized now.
        let alone = Alone::of(engine, url)?;
        let (turn, sealer, revocation_cache) = (Arc::default(), Arc::new(sealer), RevocationCache::new());
        Ok(Self { pool, engine, turn, sealer, revocation_cache, alone })
    }

    /// Closes all connections: those in use as they come back, for which it waits a few seconds at most.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}

fn options(url: &str) -> Result<AnyConnectOptions, StoreError> {
    url.parse().map_err(|_| StoreError::Url("DATABASE_URL is not a URL; for example sqlite://data/latchkey.db"))
}
