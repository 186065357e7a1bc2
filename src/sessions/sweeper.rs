//! Deletes expired rows, and seals with the newest key what an older one has sealed, in small batches.

use std::{sync::Arc, time::Duration};

use tokio_util::sync::CancellationToken;

use crate::{
    relying_party::Clock,
    store::{Database, StoreError, SweepStep},
};

/// Between two rounds.
const INTERVAL: Duration = Duration::from_secs(60);
/// Rows per statement, which bounds how long other writers wait.
const BATCH: u32 = 500;

/// Sweeps every minute until `stop` is cancelled ([`SweepStep`] says what). If another process had the SQLite file open at
/// the start, checks whether it still does.
pub async fn run_sweeper(database: Arc<Database>, clock: Clock, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(INTERVAL) => {}
        }
        database.claim_alone();
        for step in SweepStep::ALL {
            // Each for itself: one that fails must not keep the others from their rows.
            if let Err(error) = sweep(&database, step, &clock).await {
                tracing::warn!(?step, %error, "cannot delete expired rows; retrying in the next round");
            }
        }
        match database.reseal_apps(BATCH).await {
            Ok((0, 0)) => {}
            Ok((done, 0)) => tracing::info!(done, "second factors resealed with the newest key"),
            Ok((_, unreadable)) => tracing::error!(
                unreadable,
                "second factors are sealed with a key that is missing from SECRET_KEY: add it again"
            ),
            Err(error) => tracing::warn!(%error, "cannot reseal second factors; retrying in the next round"),
        }
    }
}

async fn sweep(database: &Database, step: SweepStep, clock: &Clock) -> Result<(), StoreError> {
    while database.sweep(step, clock.date(), BATCH).await? == u64::from(BATCH) {
        tokio::task::yield_now().await;
    }
    Ok(())
}
