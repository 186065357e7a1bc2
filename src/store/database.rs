//! The pool of connections.

use std::sync::{Arc, Once};
use std::time::Duration;

use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::migrate::Migrator;
use sqlx::{AnyPool, Connection};
use tokio::sync::Mutex;

use super::alone::Alone;
use super::engine::{self, Engine};
use super::error::StoreError;
use super::revocation_cache::RevocationCache;
use crate::sealing::Sealer;

pub(super) static MIGRATIONS: Migrator = sqlx::migrate!();

/// How long a request waits for a connection, or for its turn to write, before it is told that the database is
/// not available. A person waits less.
pub(super) const PATIENCE: Duration = Duration::from_secs(3);

/// How long [`Database::ping`] waits.
const PING_PATIENCE: Duration = Duration::from_secs(1);

/// A connection that has been idle longer than this is asked whether it still lives before it is used.
const TRUSTED_IDLE: Duration = Duration::from_secs(5);

/// The database: SQLite or PostgreSQL, by its URL.
#[derive(Debug)]
pub struct Database {
    pub(super) pool: AnyPool,
    pub(super) engine: Engine,
    /// SQLite has one writer at a time. Ours queue here, in order and asleep, instead of polling the file's
    /// lock; the busy time-out is left for other processes.
    pub(super) turn: Mutex<()>,
    /// For rows that somebody who only reads the database (a copy of it, a replica) must learn nothing from.
    pub(super) sealer: Arc<Sealer>,
    /// Sessions of which an access token is not to be believed.
    pub(super) revocation_cache: RevocationCache,
    /// Whether nobody else serves the same file.
    pub(super) alone: Alone,
}

impl Database {
    /// Connects to the database of a URL: `sqlite://path` (file and folder are made if they are missing) or
    /// `postgres://user:password@host/name`. The schema is brought up to date by [`migrate`](Self::migrate).
    /// `sealer` seals what must not be readable in it: the same keys for every machine.
    ///
    /// # Errors
    /// [`StoreError::Url`] when the URL cannot be used, [`StoreError::Unavailable`] when nothing answers.
    pub async fn connect(url: &str, sealer: Sealer) -> Result<Self, StoreError> {
        static DRIVERS: Once = Once::new();
        DRIVERS.call_once(sqlx::any::install_default_drivers);

        let engine = Engine::of(url)?;
        let options = match engine {
            Engine::Sqlite => {
                if let Some(folder) = engine::folder(url)? {
                    std::fs::create_dir_all(folder).map_err(|error| StoreError::Unavailable(error.into()))?;
                }
                options(&engine::creating(url))?
            }
            Engine::Postgres => options(url)?,
        };
        let pool = AnyPoolOptions::new()
            .max_connections(engine.connections())
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
        // The file is there now.
        let alone = Alone::of(engine, url)?;
        let (turn, sealer, revocation_cache) = (Mutex::new(()), Arc::new(sealer), RevocationCache::new());
        Ok(Self { pool, engine, turn, sealer, revocation_cache, alone })
    }

    /// Brings the schema up to date. Runs at every start; on PostgreSQL, machines that start together take turns.
    ///
    /// # Errors
    /// [`StoreError::Migration`], among others when the database was migrated by a newer Latchkey.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        let mut connection = self.pool.acquire().await?;
        if let Some(greeting) = self.engine.migration_greeting() {
            sqlx::raw_sql(greeting).execute(&mut *connection).await?;
        }
        let outcome = MIGRATIONS.run(&mut *connection).await;
        // It has other time-outs than the rest of the pool now.
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

    /// Closes all connections, after the queries that are under way.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}

fn options(url: &str) -> Result<AnyConnectOptions, StoreError> {
    url.parse().map_err(|_| StoreError::Url("DATABASE_URL is not a URL; for example sqlite://data/latchkey.db"))
}
