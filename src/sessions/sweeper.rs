//! Rows that are past their end go, a few at a time.

use std::{sync::Arc, time::Duration};

use tokio_util::sync::CancellationToken;

use crate::{relying_party::Clock, store::Database};

/// Between two rounds.
const PAUSE: Duration = Duration::from_secs(60);
/// Rows of one statement: other writers wait no longer than that takes.
const BATCH: u32 = 500;

/// How long refusals that are about nobody are kept.
const ANONYMOUS_EVENTS: time::Duration = time::Duration::days(30);

/// Deletes expired sessions, used flows and old events about nobody, and forgets refresh tokens that nobody may ask for
/// again, every minute until `stop` is cancelled. Where another process served the same file at the start, asks whether it
/// still does.
pub async fn run_sweeper(database: Arc<Database>, clock: Clock, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(PAUSE) => {}
        }
        database.claim_alone();
        if let Err(error) = sweep(&database, &clock).await {
            tracing::warn!(%error, "expired rows could not be deleted; the next round tries again");
        }
    }
}

async fn sweep(database: &Database, clock: &Clock) -> Result<(), crate::store::StoreError> {
    while database.delete_expired_sessions(clock.date(), BATCH).await? == u64::from(BATCH) {
        tokio::task::yield_now().await;
    }
    while database.forget_children(clock.date(), BATCH).await? == u64::from(BATCH) {
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
