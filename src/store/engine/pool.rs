//! The pool of connections.
//!
//! It is ours because of what sqlx's does with a connection that comes back: it pings each, without a time-out, so that
//! a silent database holds every connection for as long as the kernel hopes; it trusts one whose `BEGIN` was cancelled
//! (sqlx issue 4393), and one that SQLite's full disk has thrown out of its transaction. Here a connection that answered
//! every statement goes back at once, one that did not is asked whether it still can, and a broken one is closed.

use std::fmt;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use sqlx::Error;
use sqlx::any::AnyConnectOptions;
use tokio::runtime::Handle;
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};

use crate::store::engine::connection::Connection;
use crate::store::engine::engines::Engine;
use crate::store::engine::inline::InlineOptions;
use crate::store::engine::pool_upkeep::maintain;
use crate::store::engine::pooled::Pooled;
use crate::store::engine::wal::Growth;
use crate::store::error::is_starting_up;

/// How long a request waits for a connection, or for its turn to write, before it fails.
pub(in crate::store) const PATIENCE: Duration = Duration::from_secs(3);

/// A connection to PostgreSQL that was idle longer than this is pinged before use.
pub(super) const TRUSTED_IDLE: Duration = Duration::from_secs(5);

/// A connection is closed at this age, so that those to an old address of the database end, and what a server keeps for
/// each connection is freed.
const MAX_AGE: Duration = Duration::from_secs(1800);

/// Between two attempts while the server starts.
const RETRY: Duration = Duration::from_millis(100);

/// Cheap to clone.
#[derive(Clone)]
pub(in crate::store) struct Pool(Arc<Shared>);

pub(super) struct Shared {
    options: AnyConnectOptions,
    /// Of SQLite, where statements run on the thread of their caller.
    inline: Option<InlineOptions>,
    pub(super) engine: Engine,
    limit: u32,
    pub(super) places: Arc<Semaphore>,
    /// The one used last is taken first.
    idle: Mutex<Vec<Idle>>,
    refuses_writes: AtomicBool,
    growth: Arc<Growth>,
}

pub(super) struct Idle {
    pub(super) connection: Connection,
    pub(super) since: Instant,
}

impl Pool {
    /// Opens the first connection. With `inline`, SQLite's statements run on the thread of their caller.
    pub(super) async fn connect(
        options: AnyConnectOptions,
        inline: Option<InlineOptions>,
        engine: Engine,
        limit: u32,
    ) -> Result<Self, Error> {
        let pool = Self::new(options, inline, engine, limit);
        drop(pool.acquire().await?);
        Ok(pool)
    }

    #[cfg(test)]
    pub(super) fn shared(&self) -> &Arc<Shared> {
        &self.0
    }

    /// The same, which opens its connections when somebody needs them.
    pub(super) fn new(options: AnyConnectOptions, inline: Option<InlineOptions>, engine: Engine, limit: u32) -> Self {
        let places = Arc::new(Semaphore::new(usize::try_from(limit).unwrap_or(usize::MAX).max(1)));
        let (idle, refuses_writes, growth) = (Mutex::default(), AtomicBool::new(false), Arc::default());
        let pool = Self(Arc::new(Shared { options, inline, engine, limit, places, idle, refuses_writes, growth }));
        tokio::spawn(maintain(Arc::downgrade(&pool.0)));
        pool
    }

    pub(super) fn options(&self) -> &AnyConnectOptions {
        &self.0.options
    }

    /// A connection of sqlx's, outside the pool.
    pub(super) async fn connect_apart(&self) -> Result<Connection, Error> {
        self.0.open_by_sqlx(Instant::now() + PATIENCE).await
    }

    pub(in crate::store) async fn acquire(&self) -> Result<Pooled, Error> {
        let _span = tracing::trace_span!("database");
        let deadline = Instant::now() + PATIENCE;
        let place = match Arc::clone(&self.0.places).try_acquire_owned() {
            Ok(place) => place,
            Err(_) => match timeout(PATIENCE, Arc::clone(&self.0.places).acquire_owned()).await {
                Ok(place) => place.map_err(|_| Error::PoolClosed)?,
                Err(_) => return Err(self.0.all_busy()),
            },
        };
        let (connection, is_new) = match self.0.take_idle().await {
            Some(connection) => (connection, false),
            None => (self.0.open(deadline).await?, true),
        };
        Ok(Pooled {
            connection: Some(connection),
            is_new,
            turn: None,
            pool: Arc::clone(&self.0),
            place: Some(place),
            _span,
        })
    }

    /// Whether the last write failed because the database takes none: its disk is full, or it is read-only.
    pub(super) fn refuses_writes(&self) -> bool {
        self.0.refuses_writes.load(Ordering::Relaxed)
    }

    /// Read-only databases are noticed by reading, too. The next callers connect anew, to where the primary is now.
    pub(super) fn found_read_only(&self) {
        self.0.found_broken(true);
    }

    /// Something was written.
    pub(super) fn wrote(&self) {
        self.0.growth.count();
    }

    pub(super) fn growth(&self) -> Arc<Growth> {
        Arc::clone(&self.0.growth)
    }

    pub(super) fn is_closed(&self) -> bool {
        self.0.places.is_closed()
    }

    pub(super) fn accepts_writes(&self) {
        self.0.refuses_writes.store(false, Ordering::Relaxed);
    }

    /// Connections in use, idle ones, and the limit of both.
    pub(super) fn load(&self) -> (u32, u32, u32) {
        let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        let free = count(self.0.places.available_permits());
        (self.0.limit.max(1).saturating_sub(free), count(self.0.idle().len()), self.0.limit)
    }

    /// Closes what is idle now, and the others as they come back, for which it waits a few seconds at most.
    pub(super) async fn close(&self) {
        let all = Arc::clone(&self.0.places).acquire_many_owned(self.0.limit.max(1));
        let all = timeout(PATIENCE, all).await;
        self.0.places.close();
        drop(all);
        let idle = std::mem::take(&mut *self.0.idle());
        for idle in idle {
            idle.connection.close().await;
        }
    }
}

impl Shared {
    pub(super) fn idle(&self) -> MutexGuard<'_, Vec<Idle>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An idle connection that answers.
    async fn take_idle(&self) -> Option<Connection> {
        let Idle { mut connection, since } = self.idle().pop()?;
        if self.engine == Engine::Postgres && since.elapsed() > TRUSTED_IDLE && connection.ping().await.is_err() {
            // What is silent or closed to one of them is so to those that were idle for longer.
            self.discard_idle();
            return None;
        }
        Some(connection)
    }

    async fn open(&self, deadline: Instant) -> Result<Connection, Error> {
        match &self.inline {
            Some(options) => Connection::open_inline(options, self.engine.greeting()),
            None => self.open_by_sqlx(deadline).await,
        }
    }

    async fn open_by_sqlx(&self, deadline: Instant) -> Result<Connection, Error> {
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match Connection::open(&self.options, self.engine.greeting(), left).await {
                Err(error) if is_starting_up(&error) && left > RETRY => sleep(RETRY).await,
                outcome => return outcome,
            }
        }
    }

    pub(super) fn found_broken(&self, refused_write: bool) {
        if refused_write {
            self.refuses_writes.store(true, Ordering::Relaxed);
        }
        // What ended one connection to a server ended the others, or will.
        if self.engine == Engine::Postgres {
            self.discard_idle();
        }
    }

    pub(super) fn discard_idle(&self) {
        let idle = std::mem::take(&mut *self.idle());
        drop(idle);
    }

    pub(super) fn put_back(&self, connection: Connection) {
        if !self.places.is_closed() && connection.opened.elapsed() < MAX_AGE {
            self.idle().push(Idle { connection, since: Instant::now() });
        } else if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(connection.close());
        }
    }

    fn all_busy(&self) -> Error {
        let message = format!("all {} connections were busy for {} s", self.limit, PATIENCE.as_secs());
        Error::Io(io::Error::new(io::ErrorKind::TimedOut, message))
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool").field("limit", &self.0.limit).finish_non_exhaustive()
    }
}
