//! Whether a pooler stands before PostgreSQL that Latchkey cannot live behind.
//!
//! One that gives each transaction another session: a prepared statement of one transaction is missing, or taken by somebody
//! else, in the next one. A start works, and then every sign-in fails. And one that sends reads to standbys: they do not know
//! yet the session that was opened a moment ago, and its user is signed out.

use sqlx::{AnyConnection, Error};

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
/// sessions are shared: then the second one gets the session that the first one has just given back.
pub(super) async fn pooling(first: &mut AnyConnection, second: &mut AnyConnection) -> Result<Pooling, Error> {
    /// Other clients of the pooler may take the session in between.
    const ATTEMPTS: usize = 3;
    if splits_reads(first).await {
        return Ok(Pooling::SplitReads);
    }
    for _ in 0..ATTEMPTS {
        if process(first).await? == process(second).await? {
            return Ok(Pooling::SharedSessions { keeps_statements: keeps_statements(first, second).await });
        }
    }
    Ok(Pooling::OwnSession)
}

/// pgpool-II answers these statements itself. PostgreSQL answers the first one with an error.
async fn splits_reads(connection: &mut AnyConnection) -> bool {
    let balance = sqlx::raw_sql("PGPOOL SHOW load_balance_mode").fetch_one(&mut *connection).await;
    let is_on = balance.is_ok_and(|row| sqlx::Row::try_get::<String, _>(&row, 0).is_ok_and(|mode| mode == "on"));
    is_on && sqlx::raw_sql("SHOW POOL_NODES").fetch_all(connection).await.is_ok_and(|nodes| nodes.len() > 1)
}

/// Without a prepared statement.
async fn process(connection: &mut AnyConnection) -> Result<i32, Error> {
    let row = sqlx::raw_sql("SELECT pg_backend_pid()").fetch_one(connection).await?;
    sqlx::Row::try_get(&row, 0)
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
