//! Deletes expired rows, in small batches.

use std::{sync::Arc, time::Duration};

use tokio_util::sync::CancellationToken;

use crate::{relying_party::Clock, store::Database};

/// Between two rounds.
const INTERVAL: Duration = Duration::from_secs(60);
/// Rows per statement, which bounds how long other writers wait.
const BATCH: u32 = 500;

/// How long events without a user are kept.
const ANONYMOUS_EVENTS: time::Duration = time::Duration::days(30);

/// Every minute until `stop` is cancelled, deletes expired sessions, used flows, links, and old events without a user. If another process had the SQLite file open at
/// the start, checks whether it still does.
pub async fn run_sweeper(database: Arc<Database>, clock: Clock, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(INTERVAL) => {}
        }
        database.claim_alone();
        if let Err(error) = sweep(&database, &clock).await {
            tracing::warn!(%error, "cannot delete expired rows; retrying in the next round");
        }
    }
}

async fn sweep(database: &Database, clock: &Clock) -> Result<(), crate::store::StoreError> {
    while database.delete_expired_sessions(clock.date(), BATCH).await? == u64::from(BATCH) {
        tokio::task::yield_now().await;
    }
    while database.delete_expired_flows(clock.date(), BATCH).await? == u64::from(BATCH) {
        tokio::task::yield_now().await;
    }
    while database.delete_expired_links(clock.date(), BATCH).await? == u64::from(BATCH) {
        tokio::task::yield_now().await;
    }
    while database.delete_anonymous_events(clock.date() - ANONYMOUS_EVENTS, BATCH).await? == u64::from(BATCH) {
        tokio::task::yield_now().await;
    }
    Ok(())
}
