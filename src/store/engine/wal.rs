//! Copying SQLite's write-ahead log into the database file.
//!
//! SQLite does it at the end of a commit, on the thread of the request, and waits for the disk. Here it happens on another thread,
//! while others write. What they have written meanwhile is copied while they wait in their queue, so that the log is empty then and
//! begins again: under constant load it would otherwise never be, and grow.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use tokio::sync::{Mutex, Notify};
use tokio::time::timeout;

use crate::store::engine::pool::Pool;

/// Writes between two copies. A sign-in writes twice, some twenty pages of 4 KiB together: 10 MB. Each copy waits for the disk, and a
/// page that changed a hundred times meanwhile is copied once.
const WRITES: u32 = 256;
/// After this time, what fewer have written is copied too.
const INTERVAL: Duration = Duration::from_secs(30);

/// Counts what is written.
#[derive(Debug, Default)]
pub(super) struct Growth {
    writes: AtomicU32,
    is_long: Notify,
}

impl Growth {
    pub(super) fn count(&self) {
        if self.writes.fetch_add(1, Ordering::Relaxed) % WRITES == WRITES - 1 {
            self.is_long.notify_one();
        }
    }
}

/// Until the pool that counts is gone, or `bulk` is closed. `turn` is that of the writers.
pub(super) async fn copy(growth: Arc<Growth>, bulk: Pool, turn: Arc<Mutex<()>>) {
    let mut copied = 0;
    loop {
        // Elapsed or not, it is looked at.
        _ = timeout(INTERVAL, growth.is_long.notified()).await;
        if Arc::strong_count(&growth) == 1 || bulk.is_closed() {
            return;
        }
        if growth.writes.load(Ordering::Relaxed) == copied {
            continue;
        }
        copy_now(&bulk).await;
        let turn = turn.lock().await;
        copied = growth.writes.load(Ordering::Relaxed);
        copy_now(&bulk).await;
        drop(turn);
    }
}

async fn copy_now(bulk: &Pool) {
    if let Err(error) = sqlx::query("PRAGMA wal_checkpoint(PASSIVE)").execute(bulk).await {
        tracing::debug!(%error, "the write-ahead log was not copied");
    }
}

#[cfg(test)]
mod tests {
    use crate::sealing::Sealer;
    use crate::store::Database;

    #[tokio::test]
    async fn the_log_begins_again_under_constant_load() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("latchkey.db");
        let sealer = Sealer::new([[7; 32].as_slice()].into_iter(), "database").unwrap();
        let database = Database::connect(&format!("sqlite://{}", file.display()), sealer).await.unwrap();
        database.migrate().await.unwrap();
        let mark = async |from: u32| {
            for number in from..from + 1_000 {
                let expires_at = time::OffsetDateTime::UNIX_EPOCH;
                assert!(database.mark_flow_used(&number.to_string(), expires_at).await.unwrap());
            }
            std::fs::metadata(file.with_extension("db-wal")).unwrap().len()
        };
        let first = mark(0).await;
        for round in 1..4 {
            let size = mark(round * 1_000).await;
            assert!(size <= 2 * first, "{size} bytes in round {round}, {first} in the first");
        }
    }
}
