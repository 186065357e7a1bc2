//! After a change of SECRET_KEY: grants are sealed with the new key, so that the old one can go.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::Grants;
use crate::store::StoreError;

/// Between two rounds. After the first there is something to do only while a machine with the old key still writes.
const PAUSE: Duration = Duration::from_secs(60);
/// Rows at a time.
const BATCH: u32 = 100;

impl Grants {
    /// Seals what hangs on older keys anew, now and every minute, until `stop` is cancelled.
    pub async fn run_resealer(self, stop: CancellationToken) {
        let mut status = 0;
        loop {
            match self.reseal(&stop).await {
                Ok(unreadable) if unreadable != status => {
                    status = unreadable;
                    match unreadable {
                        0 => tracing::info!("every grant can be read again"),
                        _ => tracing::error!(
                            unreadable,
                            "grants were sealed with a key that is not in SECRET_KEY: add it again"
                        ),
                    }
                }
                Ok(_) => {}
                Err(error) => tracing::warn!(%error, "grants could not be sealed anew; the next round tries again"),
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(PAUSE) => {}
            }
        }
    }

    /// One round. Tells how many grants no key of ours opens.
    ///
    /// # Errors
    /// When the database does not answer. What was sealed anew stays so.
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
            tracing::info!(done, "grants were sealed with the newest key");
        }
        Ok(unreadable)
    }
}
