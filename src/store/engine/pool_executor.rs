//! Single statements on any connection of the pool.

use std::pin::Pin;

use futures_util::stream::{self, Stream, TryStreamExt};
use sqlx::any::{AnyArguments, AnyQueryResult, AnyRow, AnyStatement, AnyTypeInfo};
use sqlx::{Any, Describe, Either, Error, Execute, Executor, SqlStr};

use crate::store::engine::connection::Connection;
use crate::store::engine::pool::Pool;

type BoxFuture<'a, T, E = Error> = Pin<Box<dyn Future<Output = Result<T, E>> + Send + 'a>>;
type BoxStream<'a, T> = Pin<Box<dyn Stream<Item = Result<T, Error>> + Send + 'a>>;

/// A read is repeated once on a new connection when its own had been closed, or was silent, before it: a restart of the
/// database costs nobody a page.
pub(super) struct Read {
    pub(super) sql: SqlStr,
    pub(super) arguments: Option<AnyArguments>,
    persistent: bool,
}

impl Read {
    /// One that stays prepared.
    pub(super) fn new(sql: &'static str, arguments: AnyArguments) -> Self {
        Self { sql: SqlStr::from_static(sql), arguments: Some(arguments), persistent: true }
    }

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
        self.run_query(Read::of(query)?, run).await
    }

    /// Runs a query on a connection of the pool; a read once more if that had been closed, or was silent, before it.
    pub(super) async fn run_query<T, E: From<Error>>(
        &self,
        query: Read,
        run: impl for<'c> Fn(&'c mut Connection, &'c Read) -> BoxFuture<'c, T, E>,
    ) -> Result<T, E> {
        let mut connection = self.acquire().await?;
        if !query.is_repeatable() {
            self.wrote();
        }
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
