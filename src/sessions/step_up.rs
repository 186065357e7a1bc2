//! What a step-up brought: the scopes that were granted, and the tokens that they are good for.

use super::{landing::Arrived, visit::Visit};
use crate::{
    codes::access::Access,
    relying_party::{Completed, PendingFlow, ReturnTo},
    store::{Granting, NewGrant},
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
    pub(super) fn of(visit: &Visit, flow: &PendingFlow, completed: &Completed) -> Option<Self> {
        let asked = flow.access?;
        let provider = visit.relying_party.provider(&flow.provider)?;
        let allows = |access: Access| provider.allows(access, &completed.granted);
        let tokens = &completed.tokens;
        Some(Self {
            asked,
            allowed: allows(asked),
            of_use: Access::ALL.iter().any(|access| allows(*access)),
            grant: NewGrant {
                scopes: completed.granted.clone(),
                access_token: tokens.access_token().clone(),
                access_expires_at: tokens.expires_in().map(|lifetime| visit.clock.date() + lifetime),
                refresh_token: tokens.refresh_token().cloned(),
            },
        })
    }

    /// What is to be kept of it. What is of no use is not kept, tokens least of all.
    pub(super) fn granting(&self) -> Granting<'_> {
        match (self.allowed, self.of_use) {
            (true, _) => Granting::Asked(self.asked, &self.grant),
            (false, true) => Granting::Declined(self.asked, Some(&self.grant)),
            (false, false) => Granting::Declined(self.asked, None),
        }
    }

    /// What it came to.
    pub(super) fn arrived(&self, return_to: &ReturnTo) -> Arrived {
        if self.allowed { Arrived::Granted(return_to.clone()) } else { Arrived::Declined(self.asked) }
    }
}
