//! Errors of the database.

/// Sources are for the log: they hold SQL states and names of constraints, never bound values.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database is unreachable or overloaded. A later retry can help.
    #[error("the database is not available: {0}")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The disk of the database is full, or it is read-only: a standby, a file without write permission. Nothing was
    /// written.
    #[error("the database takes no writes: {0}")]
    RefusesWrites(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A row exists already, or a referenced row does not exist.
    #[error("a database constraint was violated: {0}")]
    Conflict(#[source] sqlx::Error),
    /// A retry of the same transaction can succeed.
    #[error("the transaction conflicted with another one: {0}")]
    Contended(#[source] sqlx::Error),
    /// The password by which the user signs in was changed meanwhile.
    #[error("the password was changed meanwhile")]
    PasswordChanged,
    /// The code by which the user signs in was used, or deleted, meanwhile.
    #[error("the code was used meanwhile")]
    EmailCodeUsed,
    /// A row holds a value that this build does not write.
    #[error("unexpected value in the database: {0}")]
    Corrupt(String),
    /// `DATABASE_URL` cannot be used. The text explains how to fix it and does not repeat the URL, which holds a
    /// password.
    #[error("{0}")]
    Url(&'static str),
    #[error("cannot migrate the database: {0}")]
    Migration(#[source] Box<sqlx::migrate::MigrateError>),
    #[error("the database rejected a query: {0}")]
    Other(#[source] sqlx::Error),
}

impl StoreError {
    /// Whether a later retry can help: the response is 503 instead of 500.
    pub fn is_temporary(&self) -> bool {
        matches!(self, Self::Unavailable(_) | Self::RefusesWrites(_) | Self::Contended(_))
    }

    /// Whether an immediate retry of the transaction can succeed.
    pub(in crate::store) fn is_race(&self) -> bool {
        matches!(self, Self::Conflict(_) | Self::Contended(_))
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        use sqlx::Error::{
            BeginFailed, ColumnDecode, ColumnNotFound, Database, Decode, Io, PoolClosed, PoolTimedOut, Protocol, Tls,
            WorkerCrashed,
        };
        match &error {
            Io(_) | Tls(_) | Protocol(_) | PoolTimedOut | PoolClosed | WorkerCrashed | BeginFailed => {
                Self::Unavailable(error.into())
            }
            ColumnDecode { .. } | ColumnNotFound(_) | Decode(_) => Self::Corrupt(error.to_string()),
            Database(answer) => match answer.code().as_deref().map(ErrorClass::of) {
                Some(ErrorClass::Unavailable) => Self::Unavailable(error.into()),
                Some(ErrorClass::RefusesWrites) => Self::RefusesWrites(error.into()),
                Some(ErrorClass::Contended) => Self::Contended(error),
                _ if answer.is_unique_violation()
                    || answer.is_foreign_key_violation()
                    || answer.is_check_violation() =>
                {
                    Self::Conflict(error)
                }
                _ => Self::Other(error),
            },
            _ => Self::Other(error),
        }
    }
}

impl From<crate::accounts::AccountsError> for StoreError {
    fn from(error: crate::accounts::AccountsError) -> Self {
        Self::Corrupt(error.to_string())
    }
}

impl From<crate::sealing::RandomError> for StoreError {
    fn from(error: crate::sealing::RandomError) -> Self {
        Self::Unavailable(error.into())
    }
}

/// Whether no further statement can be expected to work on this connection, though on another one it may.
pub(in crate::store) fn breaks_connection(error: &sqlx::Error) -> bool {
    use sqlx::Error::{Database, Io, PoolClosed, Protocol, Tls, WorkerCrashed};
    match error {
        Io(_) | Tls(_) | Protocol(_) | PoolClosed | WorkerCrashed => true,
        Database(answer) => answer.code().is_some_and(|code| {
            // Connection exceptions; admin_shutdown, crash_shutdown, cannot_connect_now; a prepared statement that is not
            // there, or there already: the session behind a pooler has changed. SQLite's NOMEM, IOERR, CORRUPT, CANTOPEN,
            // NOTADB: SQLite may have rolled back.
            let sqlite = matches!(sqlite_code(&code), Some(7 | 10 | 11 | 14 | 26));
            let postgres = ["57P01", "57P02", "57P03", "26000", "42P05"].contains(&&*code) || code.starts_with("08");
            takes_no_writes(error) || if code.len() == 5 { postgres } else { sqlite }
        }),
        _ => false,
    }
}

/// Whether the database takes no writes.
pub(in crate::store) fn takes_no_writes(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    code.is_some_and(|code| matches!(ErrorClass::of(&code), ErrorClass::RefusesWrites))
}

/// Whether a connection was refused in a way that ends by itself: the server starts, or has no place at the moment.
pub(in crate::store) fn is_starting_up(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(error) => error.kind() == std::io::ErrorKind::ConnectionRefused,
        // cannot_connect_now, too_many_connections
        sqlx::Error::Database(answer) => matches!(answer.code().as_deref(), Some("57P03" | "53300")),
        _ => false,
    }
}

/// The primary result code of SQLite: the low byte (sqlite.org/rescode.html).
fn sqlite_code(code: &str) -> Option<u32> {
    code.parse::<u32>().ok().map(|code| code & 0xff)
}

enum ErrorClass {
    Unavailable,
    RefusesWrites,
    Contended,
    Query,
}

impl ErrorClass {
    /// SQLSTATE has five characters (PostgreSQL, appendix A "Error Codes"), SQLite's result codes are numbers of at most
    /// four digits.
    fn of(code: &str) -> Self {
        if code.len() == 5 {
            return match code {
                // serialization_failure, deadlock_detected
                "40001" | "40P01" => Self::Contended,
                // lock_not_available; query_canceled, here by statement_timeout
                "55P03" | "57014" => Self::Unavailable,
                // read_only_sql_transaction, as after a failover; disk_full
                "25006" | "53100" => Self::RefusesWrites,
                // connection exceptions, insufficient resources, operator intervention, system error; a prepared
                // statement that a pooler has lost or mixed up
                "26000" | "42P05" => Self::Unavailable,
                _ if ["08", "53", "57", "58"].iter().any(|class| code.starts_with(class)) => Self::Unavailable,
                _ => Self::Query,
            };
        }
        match sqlite_code(code) {
            // READONLY, FULL
            Some(8 | 13) => Self::RefusesWrites,
            // BUSY, LOCKED, NOMEM, IOERR, CANTOPEN
            Some(5 | 6 | 7 | 10 | 14) => Self::Unavailable,
            _ => Self::Query,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn temporary_failures_differ_from_permanent_ones() {
        for code in ["08006", "53300", "57P01", "55P03", "5", "261", "14"] {
            assert!(matches!(ErrorClass::of(code), ErrorClass::Unavailable), "{code}");
        }
        for code in ["25006", "53100", "8", "264", "13"] {
            assert!(matches!(ErrorClass::of(code), ErrorClass::RefusesWrites), "{code}");
        }
        for code in ["40001", "40P01"] {
            assert!(matches!(ErrorClass::of(code), ErrorClass::Contended), "{code}");
        }
        for code in ["23505", "42601", "1", "2067", "19", "", "x"] {
            assert!(matches!(ErrorClass::of(code), ErrorClass::Query), "{code}");
        }
        assert!(StoreError::from(sqlx::Error::PoolClosed).is_temporary());
        assert!(!StoreError::from(sqlx::Error::RowNotFound).is_temporary());
    }

    #[test]
    fn the_cause_of_an_outage_is_in_its_message() {
        let silent = std::io::Error::new(std::io::ErrorKind::TimedOut, "no answer within 8 s");
        let error = StoreError::from(sqlx::Error::Io(silent));
        assert!(error.to_string().contains("no answer within 8 s"), "{error}");
    }
}
