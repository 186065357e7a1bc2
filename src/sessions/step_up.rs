//! The end of a step-up: the granted scopes and their tokens.

use super::{callback_redirect::CallbackOutcome, request_context::RequestContext};
use crate::{
    codes::access::Access,
    relying_party::{Completed, PendingFlow, ReturnTo},
    store::{GrantUpdate, NewGrant},
};

/// The result of a flow that requested an access.
pub(super) struct StepUp {
    requested: Access,
    grant: NewGrant,
    /// The requested access was granted.
    is_granted: bool,
    /// Some known access was granted: the requested one, or an earlier one.
    is_useful: bool,
}

impl StepUp {
    /// `None` if the flow requested no access.
    pub(super) fn of(context: &RequestContext, flow: &PendingFlow, completed: &Completed) -> Option<Self> {
        let requested = flow.access?;
        let provider = context.relying_party.provider(&flow.provider)?;
        let allows = |access: Access| provider.allows(access, &completed.granted);
        let tokens = &completed.tokens;
        Some(Self {
            requested,
            is_granted: allows(requested),
            is_useful: Access::ALL.iter().any(|access| allows(*access)),
            grant: NewGrant {
                scopes: completed.granted.clone(),
                access_token: tokens.access_token().clone(),
                access_expires_at: tokens.expires_in().map(|lifetime| context.clock.date() + lifetime),
                refresh_token: tokens.refresh_token().cloned(),
            },
        })
    }

    /// What the store keeps of it: no tokens without a useful scope.
    pub(super) fn grant_update(&self) -> GrantUpdate<'_> {
        match (self.is_granted, self.is_useful) {
            (true, _) => GrantUpdate::Granted(self.requested, &self.grant),
            (false, true) => GrantUpdate::Declined(self.requested, Some(&self.grant)),
            (false, false) => GrantUpdate::Declined(self.requested, None),
        }
    }

    pub(super) fn outcome(&self, return_to: &ReturnTo) -> CallbackOutcome {
        match self.is_granted {
            true => CallbackOutcome::Granted(return_to.clone()),
            false => CallbackOutcome::AccessDeclined(self.requested),
        }
    }
}
