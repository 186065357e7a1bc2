//! The user disconnects a service.

use std::time::Duration;

use tracing::Instrument;

use super::{Grants, revoker::LEASE};
use crate::{
    accounts::{IdentityId, UserId},
    store::{AuditContext, ChangeError, SessionVersion},
};

/// How long the user waits for the provider's confirmation.
const WAIT: Duration = Duration::from_secs(2);

impl Grants {
    /// Ends the grant of an identity, at the request of the session `here`. When this returns, our tokens are deleted. They are revoked at
    /// the provider at once, and again from the queue until it confirms.
    ///
    /// # Errors
    /// [`ChangeError`]: nothing has changed.
    pub async fn disconnect(
        &self,
        user: UserId,
        identity: IdentityId,
        here: SessionVersion<'_>,
        audit: &AuditContext,
    ) -> Result<(), ChangeError> {
        let ended = self.database.disconnect_grant(user, identity, here, LEASE, audit).await?;
        if let Some(queued) = ended.revocation {
            let grants = self.clone();
            let attempt = async move {
                if let Err(error) = grants.revoke(&queued).await {
                    tracing::warn!(%error, "could not record the outcome of a revocation");
                }
            };
            // It continues after the timeout, and when the browser disconnects.
            let attempt = self.tasks.spawn(attempt.in_current_span());
            drop(tokio::time::timeout(WAIT, attempt).await);
        }
        Ok(())
    }
}
