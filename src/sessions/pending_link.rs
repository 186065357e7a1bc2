//! An identity that waits at the link prompt.

use http::HeaderValue;
use serde::{Deserialize, Serialize};

use super::{flow_cookies::flow_id, jar::random_name, request_context::RequestContext};
use crate::{
    accounts::UserId,
    providers::Profile,
    relying_party::ReturnTo,
    sealing::SealingError,
    store::{FlowStatus, StoreError},
};

/// An identity that waits for somebody to show that an account is theirs. Bound to this browser, this user and this
/// identity; it counts once, and ten minutes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingLink {
    /// Names it: that it counts once is written down under this.
    pub id: String,
    /// Whose the account is.
    pub user: UserId,
    /// What the provider said, verified.
    pub profile: Profile,
    /// Where the person was going.
    pub return_to: ReturnTo,
}

impl PendingLink {
    /// The `Set-Cookie` value that keeps what came for the link prompt, in this browser alone: nothing is written down
    /// before somebody has shown that the account is theirs.
    ///
    /// # Errors
    /// When the system gives no random numbers.
    pub fn keep(
        context: &RequestContext,
        user: UserId,
        profile: Profile,
        return_to: ReturnTo,
    ) -> Result<HeaderValue, SealingError> {
        let mut link = Self { id: random_name()?, user, profile, return_to };
        let now = context.clock.now();
        context.jar.link.keep(&link, now).or_else(|_| {
            // A cookie has an end; a picture is what can be done without.
            link.profile.picture = None;
            link.return_to = ReturnTo::default();
            context.jar.link.keep(&link, now)
        })
    }

    /// Whether it still counts.
    ///
    /// # Errors
    /// As every query: [`StoreError`].
    pub async fn is_unused(&self, context: &RequestContext) -> Result<bool, StoreError> {
        Ok(context.database.flow_status(&flow_id(&self.id)).await? == FlowStatus::Unused)
    }

    /// Writes down that it was used, and gives the `Set-Cookie` value that ends it: it counts once.
    pub async fn used_up(&self, context: &RequestContext) -> Option<HeaderValue> {
        let until = context.clock.date() + time::Duration::minutes(30);
        if let Err(error) = context.database.mark_flow_used(&flow_id(&self.id), until).await {
            tracing::warn!(%error, "a link prompt could not be marked used");
        }
        context.jar.link.clear(&context.headers)
    }
}
