//! Tells providers to forget what we have forgotten, until they confirm.

use std::time::Duration;

use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::Grants;
use crate::{
    oauth::TokenTypeHint,
    store::{GIVEN_UP_AFTER, QueuedRevocation, Revocation, StoreError, wait_after},
};

/// Between two looks into the queue, when nobody rings.
const PAUSE: Duration = Duration::from_secs(15);
/// Revocations at a time.
const AT_ONCE: u32 = 4;
/// How long one that was taken out of the queue is nobody else's: longer than it can take, with what is written after it.
pub(super) const LEASE: Duration = Duration::from_secs(60);

impl Grants {
    /// Revokes what is queued until `stop` is cancelled: whenever the bell rings and every 15 seconds. Ends after those in
    /// hand.
    pub async fn run_revoker(self, stop: CancellationToken) {
        loop {
            if let Err(error) = self.revoke_due(&stop).await {
                tracing::warn!(%error, "the queue of revocations could not be read or written; the next round tries again");
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = self.shared.mail_wake.notified() => {}
                () = tokio::time::sleep(PAUSE) => {}
            }
        }
    }

    /// One round: revokes until nothing is due, or a provider does not answer.
    ///
    /// # Errors
    /// When the queue cannot be read or written. What was revoked stays so.
    pub async fn revoke_due(&self, stop: &CancellationToken) -> Result<(), StoreError> {
        while !stop.is_cancelled() {
            let due = self.database.take_due_revocations(self.clock.date(), LEASE, AT_ONCE).await?;
            if due.is_empty() {
                return Ok(());
            }
            let mut under_way = JoinSet::new();
            for queued in due {
                let grants = self.clone();
                under_way.spawn(async move { grants.revoke(&queued).await });
            }
            let mut works = true;
            for outcome in under_way.join_all().await {
                works &= outcome?;
            }
            if !works {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Revokes one token and keeps the books. False when the provider did not confirm. The token appears nowhere but in the
    /// request's body.
    pub(super) async fn revoke(&self, queued: &QueuedRevocation) -> Result<bool, StoreError> {
        let QueuedRevocation { id, revocation, attempts, created_at } = queued;
        let Revocation { provider, issuer, token, refresh, .. } = revocation;
        let hint = if *refresh { TokenTypeHint::RefreshToken } else { TokenTypeHint::AccessToken };
        match self.relying_party.revoke(provider, issuer, token, hint).await {
            Ok(()) => {
                tracing::info!(revocation = %id, %provider, "tokens were revoked");
                self.database.revoked(queued, self.clock.date()).await?;
                Ok(true)
            }
            Err(error) => {
                let again_at = self.clock.date() + wait_after(*attempts);
                let again_at = (again_at < *created_at + GIVEN_UP_AFTER).then_some(again_at);
                match again_at {
                    Some(_) => {
                        tracing::warn!(revocation = %id, %provider, attempts = attempts + 1, "a revocation has to wait: {error}");
                    }
                    None => tracing::error!(revocation = %id, %provider, "a revocation is given up: {error}"),
                }
                self.database.not_revoked(*id, again_at).await?;
                Ok(false)
            }
        }
    }
}
