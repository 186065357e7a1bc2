//! An identity at the link prompt.

use http::HeaderValue;
use serde::{Deserialize, Serialize};

use super::{flow_cookies::flow_id, request_context::RequestContext};
use crate::{
    accounts::UserId,
    providers::Profile,
    relying_party::ReturnTo,
    sealing::{SealingError, random_text},
    store::{FlowStatus, StoreError},
};

/// An identity that is linked once the browser shows that the account is its user's. Bound to this browser, this user and
/// this identity; it works once, for ten minutes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingLink {
    /// Marks it used in the database.
    pub id: String,
    /// The owner of the account.
    pub user: UserId,
    /// Verified.
    pub profile: Profile,
    pub return_to: ReturnTo,
}

impl PendingLink {
    /// The `Set-Cookie` value that keeps an identity for the link prompt, in this browser alone: the database learns nothing
    /// before the account's owner is authenticated.
    ///
    /// # Errors
    /// If the system returns no random numbers.
    pub fn keep(
        context: &RequestContext,
        user: UserId,
        profile: Profile,
        return_to: ReturnTo,
    ) -> Result<HeaderValue, SealingError> {
        let mut link = Self { id: random_text::<16>()?, user, profile, return_to };
        let now = context.clock.now();
        context.jar.link.keep(&link, now).or_else(|_| {
            // Too long for a cookie: the picture can be missed.
            link.profile.picture = None;
            link.return_to = ReturnTo::default();
            context.jar.link.keep(&link, now)
        })
    }

    pub async fn is_unused(&self, context: &RequestContext) -> Result<bool, StoreError> {
        Ok(context.database.flow_status(&flow_id(&self.id)).await? == FlowStatus::Unused)
    }

    /// Marks it used, and returns the `Set-Cookie` value that removes it.
    pub async fn use_up(&self, context: &RequestContext) -> Option<HeaderValue> {
        let until = context.clock.date() + time::Duration::minutes(30);
        if let Err(error) = context.database.mark_flow_used(&flow_id(&self.id), until).await {
            tracing::warn!(%error, "cannot mark a pending link used");
        }
        context.jar.link.clear(&context.headers)
    }
}
