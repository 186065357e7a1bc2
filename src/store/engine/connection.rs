//! A connection that does not wait for a silent database, and that knows whether it can be used again.
//!
//! sqlx waits for an answer as long as the kernel does: a quarter of an hour and more when a host is gone, or when a
//! NAT has forgotten the connection.

use std::fmt;
use std::io;
use std::ops::{Deref, DerefMut};
use std::pin::Pin;
use std::time::{Duration, Instant};

use futures_util::stream::{self, Stream, TryStreamExt};
use sqlx::any::{AnyConnectOptions, AnyQueryResult, AnyRow, AnyStatement, AnyTypeInfo};
use sqlx::{Any, AnyConnection, ConnectOptions, Connection as _, Describe, Either, Error, Execute, Executor, SqlStr};
use tokio::time::timeout;

use crate::store::error::{breaks_connection, takes_no_writes};

/// For one statement. More than PostgreSQL's `statement_timeout` (see `Engine::greeting`), which is the rule: it tells
/// the server to stop. This one is for a server that cannot be told.
const ANSWER: Duration = Duration::from_secs(8);

/// For a ping, and for a rollback.
const SHORT_ANSWER: Duration = Duration::from_secs(1);

type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send + 'a>>;
type BoxStream<'a, T> = Pin<Box<dyn Stream<Item = Result<T, Error>> + Send + 'a>>;

pub(in crate::store) struct Connection {
    inner: AnyConnection,
    condition: Condition,
    /// From before `BEGIN` until the answer to `COMMIT` or `ROLLBACK`.
    in_transaction: bool,
    /// The database takes no writes: its disk is full, or it is read-only.
    refused_write: bool,
    pub(super) opened: Instant,
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
        Ok(Self {
            inner,
            condition: Condition::Clean,
            in_transaction: false,
            refused_write: false,
            opened: Instant::now(),
        })
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
        self.answered(SHORT_ANSWER, |inner| inner.ping()).await
    }

    /// Waits for answers that are on their way and ends an open transaction, so that the next caller finds nothing of
    /// this one. An error means that the connection has to be closed.
    pub(super) async fn recover(&mut self) -> Result<(), Error> {
        self.ping().await?;
        if self.in_transaction {
            // Where there is none, as after a cancelled COMMIT, PostgreSQL answers with a warning and SQLite with an error.
            self.answered(SHORT_ANSWER, |inner| inner.execute("ROLLBACK")).await?;
            self.in_transaction = false;
        }
        Ok(())
    }

    pub(super) async fn close(self) {
        // Whether the server hears of it does not matter.
        drop(timeout(SHORT_ANSWER, self.inner.close()).await);
    }

    async fn answered<'c, T, F>(
        &'c mut self,
        limit: Duration,
        statement: impl FnOnce(&'c mut AnyConnection) -> F,
    ) -> Result<T, Error>
    where
        F: Future<Output = Result<T, Error>> + 'c,
    {
        let Self { inner, condition, refused_write, .. } = self;
        // Until there is an answer: the caller may be cancelled at the await.
        *condition = Condition::Unanswered;
        let outcome = timeout(limit, statement(inner)).await.unwrap_or_else(|_| Err(silent("a statement", limit)));
        *condition = match &outcome {
            Err(error) if breaks_connection(error) => Condition::Broken,
            _ => Condition::Clean,
        };
        *refused_write = outcome.as_ref().is_err_and(takes_no_writes);
        outcome
    }
}

fn silent(what: &str, limit: Duration) -> Error {
    Error::Io(io::Error::new(io::ErrorKind::TimedOut, format!("no answer to {what} within {} s", limit.as_secs())))
}

/// For functions that take sqlx's own connection. Statements that they execute have no time-out of ours.
impl Deref for Connection {
    type Target = AnyConnection;

    fn deref(&self) -> &AnyConnection {
        &self.inner
    }
}

impl DerefMut for Connection {
    fn deref_mut(&mut self) -> &mut AnyConnection {
        // Whether all of their statements are answered is not known.
        if self.condition == Condition::Clean {
            self.condition = Condition::Unanswered;
        }
        &mut self.inner
    }
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
        Box::pin(self.answered(ANSWER, |inner| inner.execute(query)))
    }

    /// All rows are read before the first is returned: every list of ours is bounded.
    fn fetch_many<'e, 'q: 'e, E>(self, query: E) -> BoxStream<'e, Either<AnyQueryResult, AnyRow>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Any>,
    {
        let all = self.answered(ANSWER, |inner| inner.fetch_many(query).try_collect::<Vec<_>>());
        Box::pin(stream::once(all).map_ok(|all| stream::iter(all.into_iter().map(Ok))).try_flatten())
    }

    fn fetch_optional<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, Option<AnyRow>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Any>,
    {
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
