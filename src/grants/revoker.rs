//! Revokes tokens at the providers, again and again until they confirm.

use std::time::Duration;

use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::Grants;
use crate::{
    oauth::TokenTypeHint,
    store::{GIVEN_UP_AFTER, QueuedRevocation, Revocation, StoreError, wait_after},
};

/// Between two polls of the queue, unless woken.
const POLL_INTERVAL: Duration = Duration::from_secs(15);
const MAX_CONCURRENT: u32 = 4;
/// Lease of a queued revocation: longer than the request and its database writes can take.
pub(super) const LEASE: Duration = Duration::from_secs(60);

impl Grants {
    /// Revokes what is queued, whenever woken and every 15 seconds, until `stop` is cancelled; finishes what is under way.
    pub async fn run_revoker(self, stop: CancellationToken) {
        loop {
            if let Err(error) = self.revoke_due(&stop).await {
                tracing::warn!(%error, "could not read or update the revocation queue; retrying in the next round");
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = self.shared.revocation_wake.notified() => {}
                () = tokio::time::sleep(POLL_INTERVAL) => {}
            }
        }
    }

    /// One round: revokes until nothing is due or a provider does not confirm.
    ///
    /// # Errors
    /// When the queue cannot be read or updated. Completed revocations are kept.
    pub async fn revoke_due(&self, stop: &CancellationToken) -> Result<(), StoreError> {
        while !stop.is_cancelled() {
            let due = self.database.take_due_revocations(self.clock.date(), LEASE, MAX_CONCURRENT).await?;
            if due.is_empty() {
                return Ok(());
            }
            let mut under_way = JoinSet::new();
            for queued in due {
                let grants = self.clone();
                under_way.spawn(async move { grants.revoke(&queued).await });
            }
            let mut confirmed = true;
            for outcome in under_way.join_all().await {
                confirmed &= outcome?;
            }
            if !confirmed {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Revokes one token and updates the queue. False when the provider did not confirm. The token appears nowhere but in the
    /// request's body.
    pub(super) async fn revoke(&self, queued: &QueuedRevocation) -> Result<bool, StoreError> {
        let QueuedRevocation { id, revocation, attempts, created_at } = queued;
        let Revocation { provider, issuer, token, refresh, .. } = revocation;
        let hint = if *refresh { TokenTypeHint::RefreshToken } else { TokenTypeHint::AccessToken };
        match self.relying_party.revoke(provider, issuer, token, hint).await {
            Ok(()) => {
                tracing::info!(revocation = %id, %provider, "tokens revoked");
                self.database.revoked(queued, self.clock.date()).await?;
                Ok(true)
            }
            Err(error) => {
                let retry_at = self.clock.date() + wait_after(*attempts);
                let retry_at = (retry_at < *created_at + GIVEN_UP_AFTER).then_some(retry_at);
                match retry_at {
                    Some(_) => {
                        tracing::warn!(revocation = %id, %provider, attempts = attempts + 1, "revocation failed and will be retried: {error}");
                    }
                    None => tracing::error!(revocation = %id, %provider, "revocation failed for good: {error}"),
                }
                self.database.not_revoked(*id, retry_at).await?;
                Ok(false)
            }
        }
    }
}
