//! The database: its engine, its pool, and what this process knows of it.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use sqlx::any::install_default_drivers;
use tokio::sync::Mutex;
use tokio::time::timeout;

use crate::sealing::Sealer;
use crate::store::engine::connecting::unavailable;
use crate::store::engine::engines::{self, Engine};
use crate::store::engine::inline::InlineOptions;
use crate::store::engine::pool::{PATIENCE, Pool};
use crate::store::engine::pooler::{Pooling, pooling};
use crate::store::engine::sole_process::Alone;
use crate::store::engine::url::options;
use crate::store::engine::wal::copy;
use crate::store::error::StoreError;
use crate::store::sessions::revocation_cache::RevocationCache;

pub(in crate::store) const SHARED_SESSIONS: &str = "DATABASE_URL leads to a pooler in transaction mode (PgBouncer: pool_mode = transaction), which mixes up prepared \
     statements, so that every sign-in would fail; give Latchkey a pool with pool_mode = session, or connect it to \
     PostgreSQL directly";

/// The database: SQLite or PostgreSQL, by its URL.
#[derive(Debug)]
pub struct Database {
    pub(in crate::store) pool: Pool,
    /// For statements that take longer than a request may keep a thread: sweeps, counts, scans, exports. With SQLite, they run on threads of
    /// their own.
    pub(in crate::store) bulk: Pool,
    pub(in crate::store) engine: Engine,
    /// SQLite allows one writer at a time. The writers of this process queue here, in order, instead of polling the
    /// file's lock; the busy timeout is for other processes.
    pub(in crate::store) turn: Arc<Mutex<()>>,
    /// For values that must stay unreadable in a copy or a replica of the database.
    pub(in crate::store) sealer: Arc<Sealer>,
    pub(in crate::store) revocation_cache: RevocationCache,
    pub(in crate::store) alone: Arc<Alone>,
    /// Whether a passkey is a way to sign in.
    has_passkeys: AtomicBool,
}

/// Of SQLite's pool for long statements, each with a thread.
const BULK_CONNECTIONS: u32 = 2;

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
        if let Engine::Sqlite = engine
            && let Some(folder) = engines::folder(url)?
        {
            std::fs::create_dir_all(&folder).map_err(|error| {
                StoreError::Unavailable(format!("cannot create the folder {}: {error}", folder.display()).into())
            })?;
        }
        let limit = connections.unwrap_or(engine.connections());
        let unavailable = |error| unavailable(engine, url, error);
        let (options, inline) = (options(engine, url)?, InlineOptions::of(engine, url)?);
        let pool = Pool::connect(options.clone(), inline, engine, limit).await.map_err(unavailable)?;
        let bulk = match engine {
            Engine::Sqlite => Pool::new(options, None, engine, BULK_CONNECTIONS),
            Engine::Postgres => pool.clone(),
        };
        if engine == Engine::Postgres {
            check_pooler(&pool).await?;
        }
        // After the file was created: its path can be canonicalized now.
        let alone = Arc::new(Alone::of(engine, url)?);
        let (turn, sealer) = (Arc::default(), Arc::new(sealer));
        if engine == Engine::Sqlite {
            tokio::spawn(copy(pool.growth(), bulk.clone(), Arc::clone(&turn)));
        }
        let revocation_cache = RevocationCache::new(Arc::clone(&alone));
        Ok(Self { pool, bulk, engine, turn, sealer, revocation_cache, alone, has_passkeys: AtomicBool::new(true) })
    }

    /// With `PASSKEYS=off`, a user's passkeys are no way to sign in: the last other one cannot be removed.
    pub fn set_passkeys(&self, on: bool) {
        self.has_passkeys.store(on, Ordering::Relaxed);
    }

    pub(in crate::store) fn has_passkeys(&self) -> bool {
        self.has_passkeys.load(Ordering::Relaxed)
    }

    /// Closes all connections: those in use as they come back, for which it waits a few seconds at most.
    pub async fn close(&self) {
        self.pool.close().await;
        if self.engine == Engine::Sqlite {
            self.bulk.close().await;
        }
    }
}

/// Refuses a pooler that gives each transaction another session; warns of one that works, but not well.
async fn check_pooler(pool: &Pool) -> Result<(), StoreError> {
    let mut first = pool.acquire().await?;
    // A server that has no second place cannot be asked.
    let Ok(mut second) = pool.connect_apart().await else { return Ok(()) };
    let pooling = timeout(PATIENCE, pooling(pool.options(), first.sqlx()?, second.sqlx()?)).await;
    second.close().await;
    match pooling.map_err(|elapsed| StoreError::Unavailable(elapsed.into()))?? {
        Pooling::OwnSession => Ok(()),
        Pooling::SplitReads => {
            tracing::warn!(
                "DATABASE_URL leads to a pgpool-II that sends reads to standbys: one that is a moment behind does not know the \
                 session that a sign-in has just opened, and its user looks signed out; set load_balance_mode = off there"
            );
            Ok(())
        }
        Pooling::SharedSessions { keeps_statements: false } => Err(StoreError::Url(SHARED_SESSIONS)),
        Pooling::SharedSessions { keeps_statements: true } => {
            tracing::warn!(
                "the database is behind a pooler in transaction mode: time-outs that Latchkey sets for its sessions reach \
                 other clients of the pooler; give it a pool in session mode"
            );
            Ok(())
        }
    }
}
