//! What a step-up brought: the scopes that were granted, and the tokens that they are good for.

use super::{callback_redirect::CallbackOutcome, request_context::RequestContext};
use crate::{
    codes::access::Access,
    relying_party::{Completed, PendingFlow, ReturnTo},
    store::{GrantUpdate, NewGrant},
};

/// The end of a flow in which a person was asked to let us see something.
pub(super) struct StepUp {
    asked: Access,
    grant: NewGrant,
    /// What was asked for was granted.
    allowed: bool,
    /// Something that we know was granted: that, or what was granted before.
    of_use: bool,
}

impl StepUp {
    /// What a flow brought, if it asked for anything.
    pub(super) fn of(context: &RequestContext, flow: &PendingFlow, completed: &Completed) -> Option<Self> {
        let asked = flow.access?;
        let provider = context.relying_party.provider(&flow.provider)?;
        let allows = |access: Access| provider.allows(access, &completed.granted);
        let tokens = &completed.tokens;
        Some(Self {
            asked,
            allowed: allows(asked),
            of_use: Access::ALL.iter().any(|access| allows(*access)),
            grant: NewGrant {
                scopes: completed.granted.clone(),
                access_token: tokens.access_token().clone(),
                access_expires_at: tokens.expires_in().map(|lifetime| context.clock.date() + lifetime),
                refresh_token: tokens.refresh_token().cloned(),
            },
        })
    }

    /// What is to be kept of it. What is of no use is not kept, tokens least of all.
    pub(super) fn granting(&self) -> GrantUpdate<'_> {
        match (self.allowed, self.of_use) {
            (true, _) => GrantUpdate::Granted(self.asked, &self.grant),
            (false, true) => GrantUpdate::Declined(self.asked, Some(&self.grant)),
            (false, false) => GrantUpdate::Declined(self.asked, None),
        }
    }

    /// What it came to.
    pub(super) fn outcome(&self, return_to: &ReturnTo) -> CallbackOutcome {
        if self.allowed { CallbackOutcome::Granted(return_to.clone()) } else { CallbackOutcome::Declined(self.asked) }
    }
}
