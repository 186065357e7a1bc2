//! Whether this is the only server on its database, which SQLite does not say: a lock on a file beside the database does.
//!
//! Who has it may take what passes here for all there is to know; see `revocation_cache`. It keeps nobody from the database:
//! a second server serves, and asks it each time.

use std::fs::{File, OpenOptions, TryLockError, canonicalize};
use std::path::PathBuf;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use super::database::Database;
use super::engine::{self, Engine};
use super::error::StoreError;

/// The claim of one process on a SQLite file. It ends with the process.
#[derive(Debug)]
pub(super) struct Alone {
    /// Where the lock lies; `None` where no lock could tell, as other machines come to PostgreSQL by the network.
    path: Option<PathBuf>,
    held: OnceLock<File>,
    warned: AtomicBool,
}

impl Database {
    /// Claims to be the only server here, and tells whether it is. To be called at the start of a server and now and then
    /// after it: who comes second gets the claim when the first has ended. Who never asks is never alone. Warns the first
    /// time that the claim is not to be had.
    pub fn claim_alone(&self) -> bool {
        let Some(path) = &self.alone.path else { return false };
        if self.alone.is_held() {
            return true;
        }
        match lock(path) {
            Ok(file) => {
                // Whoever was here before may have ended anything.
                self.revocation_cache.know_nothing();
                drop(self.alone.held.set(file));
                if self.alone.warned.load(Ordering::Relaxed) {
                    tracing::info!("this process alone serves the SQLite file now");
                }
                true
            }
            Err(TryLockError::WouldBlock) => {
                self.alone.warn(
                    "another process serves this SQLite file: sign-outs there are noticed here by asking the database \
                     with each request, but not by the first process, which can let an access token through for five \
                     minutes after its session ended here; use PostgreSQL for more than one process",
                );
                false
            }
            Err(TryLockError::Error(error)) => {
                let path = path.display();
                self.alone.warn(&format!(
                    "{path} cannot be locked ({error}): whether another process serves this SQLite file is not known, \
                     and the database is asked with each request; let Latchkey write to the folder"
                ));
                false
            }
        }
    }
}

impl Alone {
    /// Of a database by its URL. Nothing is claimed yet.
    ///
    /// # Errors
    /// [`StoreError::Url`].
    pub(super) fn of(engine: Engine, url: &str) -> Result<Self, StoreError> {
        let path = match engine {
            Engine::Sqlite => {
                // One file, one lock, by whatever link it is reached.
                let file = engine::file(url)?;
                let mut path = canonicalize(&file).unwrap_or(file).into_os_string();
                path.push(".lock");
                Some(path.into())
            }
            Engine::Postgres => None,
        };
        Ok(Self { path, held: OnceLock::new(), warned: AtomicBool::new(false) })
    }

    pub(super) fn is_held(&self) -> bool {
        self.held.get().is_some()
    }

    fn warn(&self, what: &str) {
        if !self.warned.swap(true, Ordering::Relaxed) {
            tracing::warn!("{what}");
        }
    }
}

/// The file stays when the process ends, and says nothing: the lock alone counts.
fn lock(path: &PathBuf) -> Result<File, TryLockError> {
    let file = OpenOptions::new().write(true).create(true).truncate(false).open(path).map_err(TryLockError::Error)?;
    file.try_lock()?;
    Ok(file)
}
