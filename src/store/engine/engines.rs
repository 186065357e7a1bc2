//! The two engines, and where they differ.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use sqlx::sqlite::SqliteConnectOptions;

use crate::store::error::StoreError;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) enum Engine {
    Sqlite,
    Postgres,
}

impl Engine {
    /// The engine of a `DATABASE_URL`.
    pub(in crate::store) fn of(url: &str) -> Result<Self, StoreError> {
        if url.starts_with("sqlite:") {
            if url.contains(":memory:") || url.contains("mode=memory") {
                return Err(StoreError::Url(
                    "DATABASE_URL: SQLite in memory is not supported, as every connection would have a database \
                     of its own; name a file, for example sqlite://data/latchkey.db",
                ));
            }
            Ok(Self::Sqlite)
        } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            Ok(Self::Postgres)
        } else {
            Err(StoreError::Url(
                "DATABASE_URL must begin with sqlite:// or postgres://, for example sqlite://data/latchkey.db",
            ))
        }
    }

    /// The pool's limit, unless the operator sets one. A connection to SQLite costs a thread; one to PostgreSQL a process on a shared server.
    pub(in crate::store) fn connections(self) -> u32 {
        match self {
            Self::Sqlite => 8,
            Self::Postgres => 16,
        }
    }

    /// Begins a write transaction. A SQLite transaction that starts by reading can fail at its first write when another
    /// one has written meanwhile (SQLITE_BUSY_SNAPSHOT), so it takes the write lock at once.
    pub(in crate::store) fn begin(self) -> &'static str {
        match self {
            Self::Sqlite => "BEGIN IMMEDIATE",
            Self::Postgres => "BEGIN",
        }
    }

    /// Runs on each new connection.
    pub(in crate::store) fn greeting(self) -> &'static str {
        match self {
            // WAL: readers and the writer do not block each other. NORMAL: a power failure can lose the last commits
            // but does not corrupt the file; a lost session costs one sign-in. MEMORY: a confined process has no folder for temporary
            // files.
            Self::Sqlite => {
                "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; \
                 PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY;"
            }
            // Every query is short; one that is not is stuck and must release its locks. Shorter than the time-out on our
            // side (`connection`). The keepalive is the server's, for clients that are gone.
            Self::Postgres => {
                "SET statement_timeout = '7s'; SET lock_timeout = '4s'; SET tcp_keepalives_idle = 60; \
                 SET idle_in_transaction_session_timeout = '15s'; SET timezone = 'UTC';"
            }
        }
    }

    /// Counts the tables named `$1` that an unqualified query would find.
    pub(in crate::store) fn count_tables(self) -> &'static str {
        match self {
            Self::Sqlite => "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = $1",
            Self::Postgres => "SELECT count(*) FROM pg_catalog.pg_class WHERE oid = to_regclass($1)",
        }
    }

    /// Runs before migrations: a large table takes time, and a second machine waits until the first is done.
    pub(in crate::store) fn migration_greeting(self) -> Option<&'static str> {
        match self {
            Self::Sqlite => None,
            Self::Postgres => Some("SET statement_timeout = 0; SET lock_timeout = 0;"),
        }
    }
}

/// The URL with `mode=rwc`, which creates a missing file.
pub(in crate::store) fn creating(url: &str) -> String {
    if url.contains("mode=") {
        url.to_owned()
    } else if url.contains('?') {
        format!("{url}&mode=rwc")
    } else {
        format!("{url}?mode=rwc")
    }
}

/// The folder of a SQLite file, if it has one.
pub(in crate::store) fn folder(url: &str) -> Result<Option<PathBuf>, StoreError> {
    let file = file(url)?;
    Ok(file.parent().filter(|folder| !folder.as_os_str().is_empty()).map(Into::into))
}

/// The folders of a SQLite file: that of its path and, if the file is there already and is a link, that of the file. Empty for
/// PostgreSQL.
pub fn sqlite_folders(url: &str) -> Vec<PathBuf> {
    let Ok(Engine::Sqlite) = Engine::of(url) else { return Vec::new() };
    let Ok(file) = file(url) else { return Vec::new() };
    let folder = |file: &Path| match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    };
    let mut folders = vec![folder(&file)];
    if file.is_symlink() {
        folders.extend(file.canonicalize().ok().map(|file| folder(&file)));
    }
    folders
}

/// The SQLite file of a URL.
pub(in crate::store) fn file(url: &str) -> Result<PathBuf, StoreError> {
    let options = SqliteConnectOptions::from_str(url)
        .map_err(|_| StoreError::Url("DATABASE_URL is not a SQLite URL; for example sqlite://data/latchkey.db"))?;
    Ok(options.get_filename().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scheme_selects_the_engine() {
        assert_eq!(Engine::of("sqlite://data/latchkey.db").unwrap(), Engine::Sqlite);
        assert_eq!(Engine::of("sqlite:latchkey.db").unwrap(), Engine::Sqlite);
        assert_eq!(Engine::of("postgres://me:secret@db/latchkey").unwrap(), Engine::Postgres);
        assert_eq!(Engine::of("postgresql://db/latchkey").unwrap(), Engine::Postgres);
        for url in ["", "mysql://me:secret@db/x", "data/latchkey.db", "sqlite::memory:", "sqlite://x?mode=memory"] {
            let error = Engine::of(url).unwrap_err().to_string();
            assert!(error.starts_with("DATABASE_URL") && !error.contains("secret"), "{error}");
        }
    }

    #[test]
    fn the_folder_of_the_file_is_known() {
        assert_eq!(folder("sqlite://data/latchkey.db").unwrap(), Some("data".into()));
        assert_eq!(folder("sqlite:///var/lib/a%20b/x.db?mode=rwc").unwrap(), Some("/var/lib/a b".into()));
        assert_eq!(folder("sqlite:latchkey.db").unwrap(), None);
    }
}
