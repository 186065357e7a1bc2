//! Whether a pooler stands before PostgreSQL that gives each transaction another session.
//!
//! There, a prepared statement of one transaction is missing, or taken by somebody else, in the next one: a start works,
//! and then every sign-in fails.

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
}

/// Two clients that are connected at the same time have two sessions, and so two processes of the server, unless the
/// sessions are shared: then the second one gets the session that the first one has just given back.
pub(super) async fn pooling(first: &mut AnyConnection, second: &mut AnyConnection) -> Result<Pooling, Error> {
    /// Other clients of the pooler may take the session in between.
    const ATTEMPTS: usize = 3;
    for _ in 0..ATTEMPTS {
        if process(first).await? == process(second).await? {
            return Ok(Pooling::SharedSessions { keeps_statements: keeps_statements(first, second).await });
        }
    }
    Ok(Pooling::OwnSession)
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
