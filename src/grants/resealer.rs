//! After a rotation of `SECRET_KEY`: seals grants with the new key, so that the old one can be removed.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::Grants;
use crate::store::StoreError;

/// Between two rounds. After the first one there is work only while a process with the old key still writes.
const PAUSE: Duration = Duration::from_secs(60);
/// After a round that found only grants that no key opens: it reads the whole table.
const PAUSE_WITHOUT_KEY: Duration = Duration::from_secs(3600);
/// Rows per query.
const BATCH: u32 = 100;

impl Grants {
    /// Reseals grants of older keys, now and every minute, until `stop` is cancelled.
    pub async fn run_resealer(self, stop: CancellationToken) {
        let mut reported = 0;
        loop {
            let outcome = self.reseal(&stop).await;
            let pause = if matches!(outcome, Ok(1..)) { PAUSE_WITHOUT_KEY } else { PAUSE };
            match outcome {
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
                () = tokio::time::sleep(pause) => {}
            }
        }
    }

    /// One round. Returns the number of grants that none of our keys can open.
    ///
    /// # Errors
    /// When the database is unavailable. Completed batches are kept.
    pub async fn reseal(&self, stop: &CancellationToken) -> Result<u32, StoreError> {
        let (mut after, mut done, mut unreadable) = (None, 0, 0);
        if !self.database.has_grants_of_other_keys().await? {
            return Ok(0);
        }
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
