//! Whether this process is the only server of a SQLite file, decided by a lock on a file beside it.
//!
//! The process that holds the lock sees every revocation, so its `RevocationCache` is complete. The lock excludes
//! nobody from the database: a second process serves requests, and queries the database for each.

use std::fs::{File, OpenOptions, TryLockError, canonicalize};
use std::path::PathBuf;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::store::engine::database::Database;
use crate::store::engine::engines::{self, Engine};
use crate::store::error::StoreError;

/// The claim of one process on a SQLite file. Ends with the process.
#[derive(Debug)]
pub(in crate::store) struct Alone {
    /// The lock file. `None` for PostgreSQL, which other machines reach by the network.
    path: Option<PathBuf>,
    held: OnceLock<File>,
    warned: AtomicBool,
}

impl Database {
    /// Claims to be the only server of this database; true if it is. Call it at start and periodically after it: a
    /// second process gets the claim once the first has ended. Until this is called, other processes are assumed. The
    /// first failed claim logs a warning.
    pub fn claim_alone(&self) -> bool {
        let Some(path) = &self.alone.path else { return false };
        if self.alone.is_held() {
            return true;
        }
        match lock(path) {
            Ok(file) => {
                // Another process may have ended sessions until now.
                self.revocation_cache.mark_incomplete();
                drop(self.alone.held.set(file));
                if self.alone.warned.load(Ordering::Relaxed) {
                    tracing::info!("this process is now the only server of the SQLite file");
                }
                true
            }
            Err(TryLockError::WouldBlock) => {
                self.alone.warn(
                    "another process serves this SQLite file: this process queries the database for each access token, \
                     but the other one may accept a token for up to five minutes after its session ended here; use \
                     PostgreSQL for more than one process",
                );
                false
            }
            Err(TryLockError::Error(error)) => {
                let path = path.display();
                self.alone.warn(&format!(
                    "cannot lock {path} ({error}): another process may serve this SQLite file, so the database is \
                     queried for each access token; make the folder writable"
                ));
                false
            }
        }
    }
}

impl Alone {
    /// Claims nothing yet.
    ///
    /// # Errors
    /// [`StoreError::Url`].
    pub(in crate::store) fn of(engine: Engine, url: &str) -> Result<Self, StoreError> {
        let path = match engine {
            Engine::Sqlite => {
                // One lock per file, whatever symbolic link leads to it.
                let file = engines::file(url)?;
                let mut path = canonicalize(&file).unwrap_or(file).into_os_string();
                path.push(".lock");
                Some(path.into())
            }
            Engine::Postgres => None,
        };
        Ok(Self { path, held: OnceLock::new(), warned: AtomicBool::new(false) })
    }

    pub(in crate::store) fn is_held(&self) -> bool {
        self.held.get().is_some()
    }

    fn warn(&self, what: &str) {
        if !self.warned.swap(true, Ordering::Relaxed) {
            tracing::warn!("{what}");
        }
    }
}

/// The file stays when the process ends; only the lock on it counts.
fn lock(path: &PathBuf) -> Result<File, TryLockError> {
    let file = OpenOptions::new().write(true).create(true).truncate(false).open(path).map_err(TryLockError::Error)?;
    file.try_lock()?;
    Ok(file)
}
