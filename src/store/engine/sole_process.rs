//! Whether this process is the only server of a SQLite file, decided by a lock on a file beside it.
//!
//! The process that holds the lock sees every revocation of its own, so its `RevocationCache` is complete but for those of
//! other processes: a command, or a second server. Each of those announces itself in the lock file before it commits, and the
//! holder, which looks at the file's time before it trusts its cache, queries the database for a while. The lock excludes
//! nobody from the database: a second process serves requests, and queries the database for each.

use std::fs::{File, OpenOptions, TryLockError, canonicalize};
use std::io::Write;
use std::path::PathBuf;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::store::engine::database::Database;
use crate::store::engine::engines::{self, Engine};
use crate::store::error::StoreError;
use crate::store::sessions::revocation_cache::REVOCATION_MEMORY;

/// For how long an announcement counts: longer than its transaction lasts, and than any token of its sessions.
pub(in crate::store) const ANNOUNCED: Duration = Duration::from_secs(REVOCATION_MEMORY.unsigned_abs());

/// The claim of one process on a SQLite file. Ends with the process.
#[derive(Debug)]
pub(in crate::store) struct Alone {
    /// The lock file. `None` for PostgreSQL, which other machines reach by the network.
    path: Option<PathBuf>,
    held: OnceLock<File>,
    warned: AtomicBool,
    /// The time of the lock file when it was last looked at, in nanoseconds.
    seen: AtomicU64,
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
                self.alone.seen.store(modified(&file), Ordering::Relaxed);
                self.revocation_cache.mark_incomplete(Duration::ZERO);
                if has_recent_announcement(path) {
                    self.revocation_cache.mark_incomplete(ANNOUNCED);
                }
                drop(self.alone.held.set(file));
                if self.alone.warned.load(Ordering::Relaxed) {
                    tracing::info!("this process is now the only server of the SQLite file");
                }
                true
            }
            Err(TryLockError::WouldBlock) => {
                self.alone.warn(
                    "another process serves this SQLite file: this process queries the database for each access token, \
                     and so does the other one for six minutes after a session ended here; use PostgreSQL for more than one \
                     process",
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
        Ok(Self { path, held: OnceLock::new(), warned: AtomicBool::new(false), seen: AtomicU64::new(0) })
    }

    pub(in crate::store) fn is_held(&self) -> bool {
        self.held.get().is_some()
    }

    /// Tells the holder, if it is another process, that sessions are about to end here. Before the transaction commits.
    pub(in crate::store) fn announce(&self) {
        let Some(path) = self.path.as_ref().filter(|_| !self.is_held()) else { return };
        if let Err(error) = write_announcement(path) {
            let path = path.display();
            tracing::warn!(
                "cannot write to {path} ({error}): a server that runs may accept access tokens for up to five minutes more"
            );
        }
    }

    /// Whether another process has announced itself since the last look.
    pub(in crate::store) fn was_announced(&self) -> bool {
        let Some(file) = self.held.get() else { return false };
        let modified = modified(file);
        self.seen.swap(modified, Ordering::Relaxed) != modified
    }

    fn warn(&self, what: &str) {
        if !self.warned.swap(true, Ordering::Relaxed) {
            tracing::warn!("{what}");
        }
    }
}

/// Nanoseconds since 1970; 0 if the file system does not say.
fn modified(file: &File) -> u64 {
    let modified = file.metadata().and_then(|metadata| metadata.modified()).ok();
    let since = modified.and_then(|at| at.duration_since(UNIX_EPOCH).ok());
    since.and_then(|since| u64::try_from(since.as_nanos()).ok()).unwrap_or(0)
}

/// The content is a byte, which tells an announcement from the lock file of a process that was just started.
fn write_announcement(path: &PathBuf) -> std::io::Result<()> {
    let mut file = OpenOptions::new().write(true).create(true).truncate(false).open(path)?;
    file.write_all(b"!")?;
    file.set_modified(SystemTime::now())
}

/// Whether another process may be about to commit what it announced before this one had the lock.
fn has_recent_announcement(path: &PathBuf) -> bool {
    let Ok(metadata) = std::fs::metadata(path) else { return false };
    let age = metadata.modified().ok().and_then(|at| at.elapsed().ok());
    metadata.len() > 0 && age.is_none_or(|age| age < ANNOUNCED)
}

/// The file stays when the process ends; only the lock on it counts.
fn lock(path: &PathBuf) -> Result<File, TryLockError> {
    let file = OpenOptions::new().write(true).create(true).truncate(false).open(path).map_err(TryLockError::Error)?;
    file.try_lock()?;
    Ok(file)
}
