//! Whether a pooler stands before PostgreSQL that Latchkey cannot live behind.
//!
//! One that gives each transaction another session: a prepared statement of one transaction is missing, or taken by somebody
//! else, in the next one. A start works, and then every sign-in fails. And one that sends reads to standbys: they do not know
//! yet the session that was opened a moment ago, and its user is signed out.

use sqlx::any::AnyConnectOptions;
use sqlx::postgres::PgConnectOptions;
use sqlx::{AnyConnection, ConnectOptions, Connection, Error, Row};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pooling {
    /// Directly, or through a pooler in session mode.
    OwnSession,
    /// In transaction mode.
    SharedSessions {
        /// PgBouncer keeps prepared statements from 1.21 on, if `max_prepared_statements` is set.
        keeps_statements: bool,
    },
    /// pgpool-II with more than one server, which sends reads to any of them.
    SplitReads,
}

/// Two clients that are connected at the same time have two sessions, and so two processes of the server, unless the
/// sessions are shared: then the second one gets the session that the first one has just given back. `options` are those of
/// both.
pub(super) async fn pooling(
    options: &AnyConnectOptions,
    first: &mut AnyConnection,
    second: &mut AnyConnection,
) -> Result<Pooling, Error> {
    /// Other clients of the pooler may take the session in between.
    const ATTEMPTS: usize = 3;
    if is_pgpool(first).await && splits_reads(options).await? {
        return Ok(Pooling::SplitReads);
    }
    for _ in 0..ATTEMPTS {
        if process(first).await? == process(second).await? {
            return Ok(Pooling::SharedSessions { keeps_statements: keeps_statements(first, second).await });
        }
    }
    Ok(Pooling::OwnSession)
}

const LOAD_BALANCE_MODE: &str = "PGPOOL SHOW load_balance_mode";

/// pgpool-II answers this statement itself, and PostgreSQL with an error.
async fn is_pgpool(connection: &mut AnyConnection) -> bool {
    !matches!(sqlx::raw_sql(LOAD_BALANCE_MODE).execute(connection).await, Err(Error::Database(_)))
}

/// By a connection of PostgreSQL's own driver: pgpool-II does not say of which type its answers are, and `AnyConnection` reads
/// none without a type.
async fn splits_reads(options: &AnyConnectOptions) -> Result<bool, Error> {
    let mut connection = PgConnectOptions::try_from(options)?.connect().await?;
    let mode = sqlx::raw_sql(LOAD_BALANCE_MODE).fetch_one(&mut connection).await?;
    let is_on = mode.try_get_unchecked::<String, _>(0)? == "on";
    let nodes = sqlx::raw_sql("SHOW POOL_NODES").fetch_all(&mut connection).await?;
    connection.close().await?;
    Ok(is_on && nodes.len() > 1)
}

/// Without a prepared statement.
async fn process(connection: &mut AnyConnection) -> Result<i32, Error> {
    let row = sqlx::raw_sql("SELECT pg_backend_pid()").fetch_one(connection).await?;
    row.try_get(0)
}

/// Both clients give their statement the same name.
async fn keeps_statements(first: &mut AnyConnection, second: &mut AnyConnection) -> bool {
    const PREPARED: &str = "SELECT 1";
    for connection in [&mut *first, second] {
        if sqlx::query(PREPARED).execute(connection).await.is_err() {
            return false;
        }
    }
    sqlx::query(PREPARED).execute(first).await.is_ok()
}
