//! The pool of connections.
//!
//! It is ours because of what sqlx's does with a connection that comes back: it pings each, without a time-out, so that
//! a silent database holds every connection for as long as the kernel hopes; it trusts one whose `BEGIN` was cancelled
//! (sqlx issue 4393), and one that SQLite's full disk has thrown out of its transaction. Here a connection that answered
//! every statement goes back at once, one that did not is asked whether it still can, and a broken one is closed.

use std::fmt;
use std::io;
use std::ops::{Deref, DerefMut};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

use futures_util::stream::{self, Stream, TryStreamExt};
use sqlx::any::{AnyArguments, AnyConnectOptions, AnyQueryResult, AnyRow, AnyStatement, AnyTypeInfo};
use sqlx::{Any, Describe, Either, Error, Execute, Executor, SqlStr};
use tokio::runtime::Handle;
use tokio::sync::{OwnedMutexGuard, OwnedSemaphorePermit, Semaphore};
use tokio::time::{sleep, timeout};

use crate::store::engine::connection::{Condition, Connection};
use crate::store::engine::engines::Engine;
use crate::store::error::is_starting_up;

/// How long a request waits for a connection, or for its turn to write, before it fails.
pub(in crate::store) const PATIENCE: Duration = Duration::from_secs(3);

/// A connection to PostgreSQL that was idle longer than this is pinged before use.
const TRUSTED_IDLE: Duration = Duration::from_secs(5);

/// Idle connections are pinged this often: a NAT or firewall on the way forgets those that say nothing.
const KEEPALIVE: Duration = Duration::from_secs(30);

/// An idle connection is closed after this time: a server shared with others should not hold what is not used.
const MAX_IDLE: Duration = Duration::from_secs(600);

/// A connection is closed at this age, so that those to an old address of the database end, and what a server keeps for
/// each connection is freed.
const MAX_AGE: Duration = Duration::from_secs(1800);

/// Between two attempts while the server starts.
const RETRY: Duration = Duration::from_millis(100);

type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send + 'a>>;
type BoxStream<'a, T> = Pin<Box<dyn Stream<Item = Result<T, Error>> + Send + 'a>>;

/// Cheap to clone.
#[derive(Clone)]
pub(in crate::store) struct Pool(Arc<Shared>);

struct Shared {
    options: AnyConnectOptions,
    engine: Engine,
    limit: u32,
    places: Arc<Semaphore>,
    /// The one used last is taken first.
    idle: Mutex<Vec<Idle>>,
    refuses_writes: AtomicBool,
}

struct Idle {
    connection: Connection,
    since: Instant,
}

impl Pool {
    /// Opens the first connection.
    pub(super) async fn connect(options: AnyConnectOptions, engine: Engine, limit: u32) -> Result<Self, Error> {
        let places = Arc::new(Semaphore::new(usize::try_from(limit).unwrap_or(usize::MAX).max(1)));
        let (idle, refuses_writes) = (Mutex::default(), AtomicBool::new(false));
        let pool = Self(Arc::new(Shared { options, engine, limit, places, idle, refuses_writes }));
        drop(pool.acquire().await?);
        tokio::spawn(maintain(Arc::downgrade(&pool.0)));
        Ok(pool)
    }

    /// A connection of its own, outside the pool.
    pub(super) async fn connect_apart(&self) -> Result<Connection, Error> {
        self.0.open(Instant::now() + PATIENCE).await
    }

    pub(in crate::store) async fn acquire(&self) -> Result<Pooled, Error> {
        let deadline = Instant::now() + PATIENCE;
        let place = match timeout(PATIENCE, Arc::clone(&self.0.places).acquire_owned()).await {
            Ok(place) => place.map_err(|_| Error::PoolClosed)?,
            Err(_) => return Err(self.0.all_busy()),
        };
        let (connection, is_new) = match self.0.take_idle().await {
            Some(connection) => (connection, false),
            None => (self.0.open(deadline).await?, true),
        };
        Ok(Pooled { connection: Some(connection), is_new, turn: None, pool: Arc::clone(&self.0), place: Some(place) })
    }

    /// Whether the last write failed because the database takes none: its disk is full, or it is read-only.
    pub(super) fn refuses_writes(&self) -> bool {
        self.0.refuses_writes.load(Ordering::Relaxed)
    }

    /// Read-only databases are noticed by reading, too. The next callers connect anew, to where the primary is now.
    pub(super) fn found_read_only(&self) {
        self.0.found_broken(true);
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
    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Idle>> {
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
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match Connection::open(&self.options, self.engine.greeting(), left).await {
                Err(error) if is_starting_up(&error) && left > RETRY => sleep(RETRY).await,
                outcome => return outcome,
            }
        }
    }

    fn found_broken(&self, refused_write: bool) {
        if refused_write {
            self.refuses_writes.store(true, Ordering::Relaxed);
        }
        // What ended one connection to a server ended the others, or will.
        if self.engine == Engine::Postgres {
            self.discard_idle();
        }
    }

    fn discard_idle(&self) {
        let idle = std::mem::take(&mut *self.idle());
        drop(idle);
    }

    fn put_back(&self, connection: Connection) {
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

/// Until the pool is dropped: pings idle connections, and closes those that nobody needs.
async fn maintain(pool: Weak<Shared>) {
    loop {
        sleep(KEEPALIVE).await;
        let Some(pool) = pool.upgrade().filter(|pool| !pool.places.is_closed()) else { return };
        let expired: Vec<_> = pool.idle().extract_if(.., |idle| idle.since.elapsed() > MAX_IDLE).collect();
        for idle in expired {
            idle.connection.close().await;
        }
        if pool.engine == Engine::Postgres {
            pool.keep_alive().await;
        }
    }
}

impl Shared {
    /// Each ping holds a place, so that there are never more connections than places.
    async fn keep_alive(self: &Arc<Self>) {
        let mut due = self.idle().iter().filter(|idle| idle.since.elapsed() > TRUSTED_IDLE).count();
        while due > 0 {
            due -= 1;
            let Ok(_place) = Arc::clone(&self.places).try_acquire_owned() else { return };
            // The one that was idle for the longest. Its time stays: a ping is no use.
            let Some(mut idle) = (!self.idle().is_empty()).then(|| self.idle().remove(0)) else { return };
            if idle.connection.ping().await.is_err() {
                self.discard_idle();
                return;
            }
            self.idle().push(idle);
        }
        self.idle().sort_by_key(|idle| idle.since);
    }
}

/// A connection of the pool. Goes back when dropped.
pub(in crate::store) struct Pooled {
    connection: Option<Connection>,
    is_new: bool,
    /// SQLite's turn to write, held until an open transaction is rolled back.
    pub(super) turn: Option<OwnedMutexGuard<()>>,
    pool: Arc<Shared>,
    place: Option<OwnedSemaphorePermit>,
}

impl Pooled {
    /// Whether a connection from before this caller turned out to be broken: a new one may work.
    pub(super) fn was_stale(&self) -> bool {
        !self.is_new && self.condition() == Condition::Broken
    }
}

impl Deref for Pooled {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        // Taken only when dropped.
        self.connection.as_ref().unwrap_or_else(|| unreachable!())
    }
}

impl DerefMut for Pooled {
    fn deref_mut(&mut self) -> &mut Connection {
        self.connection.as_mut().unwrap_or_else(|| unreachable!())
    }
}

impl Drop for Pooled {
    fn drop(&mut self) {
        let Some(mut connection) = self.connection.take() else { return };
        match connection.condition() {
            Condition::Clean if !connection.is_in_transaction() => self.pool.put_back(connection),
            Condition::Broken => self.pool.found_broken(connection.refused_write()),
            Condition::Clean | Condition::Unanswered => {
                let Ok(runtime) = Handle::try_current() else { return };
                let (pool, place, turn) = (Arc::clone(&self.pool), self.place.take(), self.turn.take());
                runtime.spawn(async move {
                    if connection.recover().await.is_ok() {
                        pool.put_back(connection);
                    }
                    drop((place, turn));
                });
            }
        }
    }
}

/// A read is repeated once on a new connection when its own had been closed, or was silent, before it: a restart of the
/// database costs nobody a page.
struct Read {
    sql: SqlStr,
    arguments: Option<AnyArguments>,
    persistent: bool,
}

impl Read {
    fn of<'q>(mut query: impl Execute<'q, Any>) -> Result<Self, Error> {
        let arguments = query.take_arguments().map_err(Error::Encode)?;
        let persistent = query.persistent();
        Ok(Self { sql: query.sql(), arguments, persistent })
    }

    fn is_repeatable(&self) -> bool {
        self.sql.as_str().starts_with("SELECT")
    }
}

/// Each time that it is executed, the arguments are copied: they are few and short.
impl<'q> Execute<'q, Any> for &'q Read {
    fn sql(self) -> SqlStr {
        self.sql.clone()
    }

    fn statement(&self) -> Option<&AnyStatement> {
        None
    }

    fn take_arguments(&mut self) -> Result<Option<AnyArguments>, sqlx::error::BoxDynError> {
        Ok(self.arguments.as_ref().map(|arguments| {
            let mut copy = AnyArguments::default();
            copy.values.0.clone_from(&arguments.values.0);
            copy
        }))
    }

    fn persistent(&self) -> bool {
        self.persistent
    }
}

impl Pool {
    async fn run<'q, T>(
        self,
        query: impl Execute<'q, Any>,
        run: impl for<'c> Fn(&'c mut Connection, &'c Read) -> BoxFuture<'c, T>,
    ) -> Result<T, Error> {
        let query = Read::of(query)?;
        let mut connection = self.acquire().await?;
        match run(&mut connection, &query).await {
            Err(_) if query.is_repeatable() && connection.was_stale() => {
                drop(connection);
                run(&mut *self.acquire().await?, &query).await
            }
            outcome => outcome,
        }
    }
}

impl<'p> Executor<'p> for &'p Pool {
    type Database = Any;

    fn execute<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, AnyQueryResult>
    where
        'p: 'e,
        E: 'q + Execute<'q, Any>,
    {
        Box::pin(self.clone().run(query, |connection, query| connection.execute(query)))
    }

    fn fetch_many<'e, 'q: 'e, E>(self, query: E) -> BoxStream<'e, Either<AnyQueryResult, AnyRow>>
    where
        'p: 'e,
        E: 'q + Execute<'q, Any>,
    {
        let all =
            self.clone().run(query, |connection, query| Box::pin(connection.fetch_many(query).try_collect::<Vec<_>>()));
        Box::pin(stream::once(all).map_ok(|all| stream::iter(all.into_iter().map(Ok))).try_flatten())
    }

    fn fetch_optional<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, Option<AnyRow>>
    where
        'p: 'e,
        E: 'q + Execute<'q, Any>,
    {
        Box::pin(self.clone().run(query, |connection, query| connection.fetch_optional(query)))
    }

    fn prepare_with<'e>(self, sql: SqlStr, parameters: &'e [AnyTypeInfo]) -> BoxFuture<'e, AnyStatement>
    where
        'p: 'e,
    {
        Box::pin(async move { self.acquire().await?.prepare_with(sql, parameters).await })
    }

    fn describe<'e>(self, sql: SqlStr) -> BoxFuture<'e, Describe<Any>>
    where
        'p: 'e,
    {
        Box::pin(async move { self.acquire().await?.describe(sql).await })
    }
}
