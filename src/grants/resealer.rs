//! After a rotation of `SECRET_KEY`: seals grants with the new key, so that the old one can be removed.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::Grants;
use crate::store::StoreError;

/// Between two rounds. After the first one there is work only while a process with the old key still writes.
const PAUSE: Duration = Duration::from_secs(60);
/// Rows per query.
const BATCH: u32 = 100;

impl Grants {
    /// Reseals grants of older keys, now and every minute, until `stop` is cancelled.
    pub async fn run_resealer(self, stop: CancellationToken) {
        let mut reported = 0;
        loop {
            match self.reseal(&stop).await {
                Ok(unreadable) if unreadable != reported => {
                    reported = unreadable;
                    match unreadable {
                        0 => tracing::info!("all grants are readable again"),
                        _ => tracing::error!(
                            unreadable,
                            "grants are sealed with a key that is missing from SECRET_KEY: add it again"
                        ),
                    }
                }
                Ok(_) => {}
                Err(error) => tracing::warn!(%error, "could not reseal grants; retrying in the next round"),
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(PAUSE) => {}
            }
        }
    }

    /// One round. Returns the number of grants that none of our keys can open.
    ///
    /// # Errors
    /// When the database is unavailable. Completed batches are kept.
    pub async fn reseal(&self, stop: &CancellationToken) -> Result<u32, StoreError> {
        let (mut after, mut done, mut unreadable) = (None, 0, 0);
        while !stop.is_cancelled()
            && let Some(batch) = self.database.reseal_grants(after, BATCH).await?
        {
            after = Some(batch.last);
            done += batch.done;
            unreadable += batch.unreadable;
        }
        if done > 0 {
            tracing::info!(done, "grants resealed with the newest key");
        }
        Ok(unreadable)
    }
}
