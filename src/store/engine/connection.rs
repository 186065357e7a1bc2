//! A connection that does not wait for a silent database, and that knows whether it can be used again.
//!
//! sqlx waits for an answer as long as the kernel does: a quarter of an hour and more when a host is gone, or when a
//! NAT has forgotten the connection.

use std::fmt;
use std::io;
use std::pin::Pin;
use std::time::{Duration, Instant};

use futures_util::stream::{self, Stream, TryStreamExt};
use sqlx::any::{AnyConnectOptions, AnyQueryResult, AnyRow, AnyStatement, AnyTypeInfo};
use sqlx::{Any, AnyConnection, ConnectOptions, Connection as _, Describe, Either, Error, Execute, Executor, SqlStr};
use tokio::time::{sleep, timeout};

use crate::store::engine::inline::{Answer, Inline, InlineOptions, is_busy};
use crate::store::engine::pool_executor::Read;
use crate::store::engine::read::{Columns, Row};
use crate::store::error::{StoreError, breaks_connection, takes_no_writes};

/// For one statement. More than PostgreSQL's `statement_timeout` (see `Engine::greeting`), which is the rule: it tells
/// the server to stop. This one is for a server that cannot be told.
const ANSWER: Duration = Duration::from_secs(8);

/// For a ping, and for a rollback.
const SHORT_ANSWER: Duration = Duration::from_secs(1);

/// For SQLite's lock, which another connection holds.
const LOCKED: Duration = Duration::from_secs(5);
/// Between two attempts to get it. A transaction of a request holds it for less.
const TRY_AGAIN: Duration = Duration::from_millis(1);

type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send + 'a>>;
type BoxStream<'a, T> = Pin<Box<dyn Stream<Item = Result<T, Error>> + Send + 'a>>;

pub(in crate::store) struct Connection {
    driver: Driver,
    condition: Condition,
    /// From before `BEGIN` until the answer to `COMMIT` or `ROLLBACK`.
    in_transaction: bool,
    /// The database takes no writes: its disk is full, or it is read-only.
    refused_write: bool,
    pub(super) opened: Instant,
}

enum Driver {
    /// PostgreSQL; SQLite on a thread of its own.
    Sqlx(AnyConnection),
    /// SQLite on the caller's thread.
    Inline(Inline),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Condition {
    /// Every statement was answered.
    Clean,
    /// The caller went away before the answer, which is on its way.
    Unanswered,
    /// It went silent or was closed, or the database takes no writes.
    Broken,
}

impl Connection {
    /// Opens a connection and prepares it, within `limit`.
    pub(super) async fn open(
        options: &AnyConnectOptions,
        greeting: &'static str,
        limit: Duration,
    ) -> Result<Self, Error> {
        let opening = async {
            let mut inner = options.connect().await?;
            sqlx::raw_sql(greeting).execute(&mut inner).await?;
            Ok(inner)
        };
        let inner = timeout(limit, opening).await.unwrap_or_else(|_| Err(silent("a new connection", limit)))?;
        Ok(Self::new(Driver::Sqlx(inner)))
    }

    /// Opens a connection to SQLite whose statements run on the caller's thread.
    pub(super) fn open_inline(options: &InlineOptions, greeting: &str) -> Result<Self, Error> {
        Ok(Self::new(Driver::Inline(Inline::open(options, greeting)?)))
    }

    fn new(driver: Driver) -> Self {
        let (condition, opened) = (Condition::Clean, Instant::now());
        Self { driver, condition, in_transaction: false, refused_write: false, opened }
    }

    /// For functions that take sqlx's own connection. Statements that they execute have no time-out of ours.
    ///
    /// # Errors
    /// [`Error::Configuration`] of a connection that is not sqlx's.
    pub(super) fn sqlx(&mut self) -> Result<&mut AnyConnection, Error> {
        // Whether all of their statements are answered is not known.
        if self.condition == Condition::Clean {
            self.condition = Condition::Unanswered;
        }
        match &mut self.driver {
            Driver::Sqlx(inner) => Ok(inner),
            Driver::Inline(_) => Err(Error::Configuration("not a connection of sqlx".into())),
        }
    }

    pub(super) fn condition(&self) -> Condition {
        self.condition
    }

    pub(super) fn is_in_transaction(&self) -> bool {
        self.in_transaction
    }

    pub(super) fn refused_write(&self) -> bool {
        self.refused_write
    }

    pub(super) async fn begin(&mut self, statement: &'static str) -> Result<(), Error> {
        self.in_transaction = true;
        sqlx::raw_sql(statement).execute(self).await.map(drop)
    }

    pub(super) async fn commit(&mut self) -> Result<(), Error> {
        sqlx::raw_sql("COMMIT").execute(&mut *self).await?;
        self.in_transaction = false;
        Ok(())
    }

    pub(super) async fn ping(&mut self) -> Result<(), Error> {
        match self.driver {
            Driver::Sqlx(_) => self.answered(SHORT_ANSWER, |inner| inner.ping()).await,
            // There is nobody who could be silent.
            Driver::Inline(_) => Ok(()),
        }
    }

    /// Waits for answers that are on their way and ends an open transaction, so that the next caller finds nothing of
    /// this one. An error means that the connection has to be closed.
    pub(super) async fn recover(&mut self) -> Result<(), Error> {
        self.ping().await?;
        if self.in_transaction {
            // Where there is none, as after a cancelled COMMIT, PostgreSQL answers with a warning and SQLite with an error.
            match self.driver {
                Driver::Sqlx(_) => self.answered(SHORT_ANSWER, |inner| inner.execute("ROLLBACK")).await.map(drop)?,
                Driver::Inline(_) => sqlx::raw_sql("ROLLBACK").execute(&mut *self).await.map(drop)?,
            }
            self.in_transaction = false;
        }
        Ok(())
    }

    pub(super) async fn close(self) {
        if let Driver::Sqlx(inner) = self.driver {
            // Whether the server hears of it does not matter.
            drop(timeout(SHORT_ANSWER, inner.close()).await);
        }
    }

    fn is_inline(&self) -> bool {
        matches!(self.driver, Driver::Inline(_))
    }

    /// Executes a statement on this thread; at most `limit` of its rows are read.
    async fn inline<'q>(&mut self, mut query: impl Execute<'q, Any>, limit: usize) -> Result<Answer, Error> {
        let arguments = query.take_arguments().map_err(Error::Encode)?;
        let sql = query.sql();
        let arguments = arguments.as_ref().map(|arguments| arguments.values.0.as_slice());
        self.unlocked(|sqlite| sqlite.run(sql.as_str(), arguments, limit)).await
    }

    /// The rows of a query, each as `read` reads it.
    ///
    /// # Errors
    /// Of the query, or the first of `read`.
    pub(super) async fn read<T: Send>(
        &mut self,
        query: &Read,
        read: fn(&mut Columns<'_>) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        if self.is_inline() {
            let arguments = query.arguments.as_ref().map_or(&[][..], |arguments| &arguments.values.0);
            let each = |row: &rusqlite::Row<'_>, is_first| read(&mut Columns::of(Row::Sqlite(row), is_first));
            let rows = self.unlocked(|sqlite| sqlite.read(query.sql.as_str(), arguments, each)).await?;
            return rows.into_iter().collect();
        }
        let rows = self.fetch_all(query).await?;
        rows.iter().enumerate().map(|(index, row)| read(&mut Columns::of(Row::Any(row), index == 0))).collect()
    }

    /// Uses SQLite on this thread, again while another connection has the lock.
    async fn unlocked<T>(&mut self, run: impl Fn(&mut Inline) -> Result<T, Error>) -> Result<T, Error> {
        let began = Instant::now();
        loop {
            let Driver::Inline(sqlite) = &mut self.driver else { return Err(Error::PoolClosed) };
            let outcome = run(sqlite);
            match &outcome {
                // Within a transaction nobody else has the lock.
                Err(error) if is_busy(error) && !sqlite.is_in_transaction() && began.elapsed() < LOCKED => {
                    sleep(TRY_AGAIN).await;
                }
                _ => {
                    (self.condition, self.refused_write) = after(&outcome);
                    return outcome;
                }
            }
        }
    }

    async fn answered<'c, T, F>(
        &'c mut self,
        limit: Duration,
        statement: impl FnOnce(&'c mut AnyConnection) -> F,
    ) -> Result<T, Error>
    where
        F: Future<Output = Result<T, Error>> + 'c,
    {
        let Self { driver: Driver::Sqlx(inner), condition, refused_write, .. } = self else {
            return Err(Error::PoolClosed);
        };
        // Until there is an answer: the caller may be cancelled at the await.
        *condition = Condition::Unanswered;
        let outcome = timeout(limit, statement(inner)).await.unwrap_or_else(|_| Err(silent("a statement", limit)));
        (*condition, *refused_write) = after(&outcome);
        outcome
    }
}

/// In which condition a statement leaves its connection, and whether the database refused to write.
fn after<T>(outcome: &Result<T, Error>) -> (Condition, bool) {
    match outcome {
        Err(error) if breaks_connection(error) => (Condition::Broken, takes_no_writes(error)),
        Err(error) => (Condition::Clean, takes_no_writes(error)),
        Ok(_) => (Condition::Clean, false),
    }
}

fn silent(what: &str, limit: Duration) -> Error {
    Error::Io(io::Error::new(io::ErrorKind::TimedOut, format!("no answer to {what} within {} s", limit.as_secs())))
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection").field("condition", &self.condition).finish_non_exhaustive()
    }
}

impl<'c> Executor<'c> for &'c mut Connection {
    type Database = Any;

    fn execute<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, AnyQueryResult>
    where
        'c: 'e,
        E: 'q + Execute<'q, Any>,
    {
        if self.is_inline() {
            return Box::pin(async move { Ok(self.inline(query, 0).await?.result) });
        }
        Box::pin(self.answered(ANSWER, |inner| inner.execute(query)))
    }

    /// All rows are read before the first is returned: every list of ours is bounded.
    fn fetch_many<'e, 'q: 'e, E>(self, query: E) -> BoxStream<'e, Either<AnyQueryResult, AnyRow>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Any>,
    {
        if self.is_inline() {
            let answer = stream::once(self.inline(query, usize::MAX));
            return Box::pin(answer.map_ok(|it| stream::iter(each(it).map(Ok))).try_flatten());
        }
        let all = self.answered(ANSWER, |inner| inner.fetch_many(query).try_collect::<Vec<_>>());
        Box::pin(stream::once(all).map_ok(|all| stream::iter(all.into_iter().map(Ok))).try_flatten())
    }

    fn fetch_optional<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, Option<AnyRow>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Any>,
    {
        if self.is_inline() {
            return Box::pin(async move { Ok(self.inline(query, 1).await?.rows.into_iter().next()) });
        }
        Box::pin(self.answered(ANSWER, |inner| inner.fetch_optional(query)))
    }

    fn prepare_with<'e>(self, sql: SqlStr, parameters: &'e [AnyTypeInfo]) -> BoxFuture<'e, AnyStatement>
    where
        'c: 'e,
    {
        Box::pin(self.answered(ANSWER, |inner| inner.prepare_with(sql, parameters)))
    }

    fn describe<'e>(self, sql: SqlStr) -> BoxFuture<'e, Describe<Any>>
    where
        'c: 'e,
    {
        Box::pin(self.answered(ANSWER, |inner| inner.describe(sql)))
    }
}

/// The rows, and then the result, as sqlx's drivers return them.
fn each(answer: Answer) -> impl Iterator<Item = Either<AnyQueryResult, AnyRow>> {
    answer.rows.into_iter().map(Either::Right).chain([Either::Left(answer.result)])
}
