//! Errors of the database.

/// Sources are for the log: they hold SQL states and names of constraints, never bound values.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database is unreachable, full or overloaded. A later retry can help.
    #[error("the database is not available")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A row exists already, or a referenced row does not exist.
    #[error("a database constraint was violated")]
    Conflict(#[source] sqlx::Error),
    /// A retry of the same transaction can succeed.
    #[error("the transaction conflicted with another one")]
    Contended(#[source] sqlx::Error),
    /// A row holds a value that this build does not write.
    #[error("unexpected value in the database: {0}")]
    Corrupt(String),
    /// `DATABASE_URL` cannot be used. The text explains how to fix it and does not repeat the URL, which holds a
    /// password.
    #[error("{0}")]
    Url(&'static str),
    #[error("cannot migrate the database")]
    Migration(#[source] Box<sqlx::migrate::MigrateError>),
    #[error("the database rejected a query")]
    Other(#[source] sqlx::Error),
}

impl StoreError {
    /// Whether a later retry can help: the response is 503 instead of 500.
    pub fn is_temporary(&self) -> bool {
        matches!(self, Self::Unavailable(_) | Self::Contended(_))
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

enum ErrorClass {
    Unavailable,
    Contended,
    Query,
}

impl ErrorClass {
    /// SQLSTATE has five characters (PostgreSQL, appendix A "Error Codes"), SQLite's result codes are numbers
    /// of at most four digits, their low byte the primary code (sqlite.org/rescode.html).
    fn of(code: &str) -> Self {
        if code.len() == 5 {
            return match code {
                // serialization_failure, deadlock_detected
                "40001" | "40P01" => Self::Contended,
                // lock_not_available; query_canceled, here by statement_timeout; read_only_sql_transaction,
                // as after a failover
                "55P03" | "57014" | "25006" => Self::Unavailable,
                // connection exceptions, insufficient resources, operator intervention, system error
                _ if ["08", "53", "57", "58"].iter().any(|class| code.starts_with(class)) => Self::Unavailable,
                _ => Self::Query,
            };
        }
        match code.parse::<u32>().map(|code| code & 0xff) {
            // SQLITE_BUSY, LOCKED, NOMEM, READONLY, IOERR, FULL, CANTOPEN
            Ok(5 | 6 | 7 | 8 | 10 | 13 | 14) => Self::Unavailable,
            _ => Self::Query,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn temporary_failures_differ_from_permanent_ones() {
        for code in ["08006", "53300", "57P01", "55P03", "5", "261", "13", "14"] {
            assert!(matches!(ErrorClass::of(code), ErrorClass::Unavailable), "{code}");
        }
        for code in ["40001", "40P01"] {
            assert!(matches!(ErrorClass::of(code), ErrorClass::Contended), "{code}");
        }
        for code in ["23505", "42601", "1", "2067", "19", "", "x"] {
            assert!(matches!(ErrorClass::of(code), ErrorClass::Query), "{code}");
        }
        assert!(StoreError::from(sqlx::Error::PoolTimedOut).is_temporary());
        assert!(!StoreError::from(sqlx::Error::RowNotFound).is_temporary());
    }
}
