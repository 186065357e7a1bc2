//! The pool of connections.

use std::sync::{Arc, Once};
use std::time::Duration;

use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::migrate::Migrator;
use sqlx::{AnyPool, Connection};
use tokio::sync::Mutex;

use crate::sealing::Sealer;
use crate::store::engine::engines::{self, Engine};
use crate::store::engine::sole_process::Alone;
use crate::store::error::StoreError;
use crate::store::sessions::revocation_cache::RevocationCache;

pub(in crate::store) static MIGRATIONS: Migrator = sqlx::migrate!();

/// How long a request waits for a connection, or for its turn to write, before it fails.
pub(in crate::store) const PATIENCE: Duration = Duration::from_secs(3);

/// How long [`Database::ping`] waits.
const PING_PATIENCE: Duration = Duration::from_secs(1);

/// A connection that was idle longer than this is pinged before use.
const TRUSTED_IDLE: Duration = Duration::from_secs(5);

/// The database: SQLite or PostgreSQL, by its URL.
#[derive(Debug)]
pub struct Database {
    pub(in crate::store) pool: AnyPool,
    pub(in crate::store) engine: Engine,
    /// SQLite allows one writer at a time. The writers of this process queue here, in order, instead of polling the
    /// file's lock; the busy timeout is for other processes.
    pub(in crate::store) turn: Mutex<()>,
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
        static DRIVERS: Once = Once::new();
        DRIVERS.call_once(sqlx::any::install_default_drivers);

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
        let pool = AnyPoolOptions::new()
            .max_connections(connections.unwrap_or(engine.connections()))
            .acquire_timeout(PATIENCE)
            .test_before_acquire(false)
            .before_acquire(move |connection, meta| {
                Box::pin(async move {
                    if engine == Engine::Postgres && meta.idle_for > TRUSTED_IDLE {
                        connection.ping().await?;
                    }
                    Ok(true)
                })
            })
            .after_connect(move |connection, _| {
                Box::pin(async move {
                    sqlx::raw_sql(engine.greeting()).execute(connection).await?;
                    Ok(())
                })
            })
            .connect_with(options)
            .await?;
        // After the file was created: its path can be canonicalized now.
        let alone = Alone::of(engine, url)?;
        let (turn, sealer, revocation_cache) = (Mutex::new(()), Arc::new(sealer), RevocationCache::new());
        Ok(Self { pool, engine, turn, sealer, revocation_cache, alone })
    }

    /// Updates the schema. Runs at every start; on PostgreSQL, machines that start together take turns.
    ///
    /// # Errors
    /// [`StoreError::Migration`], among others when the database was migrated by a newer Latchkey.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        let mut connection = self.pool.acquire().await?;
        if let Some(greeting) = self.engine.migration_greeting() {
            sqlx::raw_sql(greeting).execute(&mut *connection).await?;
        }
        let outcome = MIGRATIONS.run(&mut *connection).await;
        // Its timeouts differ from the pool's now.
        connection.close().await?;
        outcome.map_err(|error| StoreError::Migration(Box::new(error)))
    }

    /// Whether the database answers, within a second.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it does not.
    pub async fn ping(&self) -> Result<(), StoreError> {
        let answer = sqlx::query("SELECT 1 FROM users LIMIT 1").execute(&self.pool);
        match tokio::time::timeout(PING_PATIENCE, answer).await {
            Ok(answer) => answer.map(drop).map_err(StoreError::from),
            Err(elapsed) => Err(StoreError::Unavailable(elapsed.into())),
        }
    }

    /// Closes all connections once running queries have finished.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}

fn options(url: &str) -> Result<AnyConnectOptions, StoreError> {
    url.parse().map_err(|_| StoreError::Url("DATABASE_URL is not a URL; for example sqlite://data/latchkey.db"))
}
