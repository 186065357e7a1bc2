//! The person ends a grant.

use std::time::Duration;

use tracing::Instrument;

use super::{Grants, revoker::LEASE};
use crate::{
    accounts::{IdentityId, UserId},
    store::{AuditContext, StoreError},
};

/// How long the person waits for their provider's word.
const PATIENCE: Duration = Duration::from_secs(2);

impl Grants {
    /// Ends a user's grant of an identity. Our tokens are gone when this returns, whatever the provider says. It is told at
    /// once, and asked again from the queue until it confirms. False when there is no such grant.
    ///
    /// # Errors
    /// As every query: [`StoreError`]; nothing has changed then.
    pub async fn disconnect(
        &self,
        user: UserId,
        identity: IdentityId,
        audit: &AuditContext,
    ) -> Result<bool, StoreError> {
        let Some(ended) = self.database.disconnect_grant(user, identity, LEASE, audit).await? else {
            return Ok(false);
        };
        if let Some(queued) = ended.revocation {
            let grants = self.clone();
            let attempt = async move {
                if let Err(error) = grants.revoke(&queued).await {
                    tracing::warn!(%error, "what became of a revocation could not be written down");
                }
            };
            // It goes on when the patience, or the browser, is gone.
            let attempt = self.tasks.spawn(attempt.in_current_span());
            drop(tokio::time::timeout(PATIENCE, attempt).await);
        }
        Ok(true)
    }
}
