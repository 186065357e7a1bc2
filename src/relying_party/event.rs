//! What happened in a flow, step by step, as typed events. Today they feed the log and the audit trail.

use crate::oidc::{ClaimVerdict, Verdict};

/// One step. Carries no code, token, state or address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FlowEvent {
    /// The browser was sent to the provider.
    Started,
    /// The authorization response belongs to the flow, and is no error.
    ResponseValidated,
    /// The token endpoint answered with tokens.
    TokensReceived {
        /// Whether there is a refresh token among them.
        refresh_token: bool,
    },
    /// One claim of the id_token was checked.
    ClaimChecked {
        /// The check.
        check: &'static str,
        /// Its verdict.
        passed: bool,
    },
    /// The key set was fetched anew, because the id_token names a key that it lacked.
    KeysRefetched,
    /// Userinfo was asked for.
    UserinfoReceived {
        /// Whether it could be used; without it the id_token's claims are what there is.
        usable: bool,
    },
    /// A document of the provider's API was asked for.
    DocumentReceived {
        /// Which.
        name: &'static str,
        /// Whether it came.
        usable: bool,
    },
    /// The provider was asked whose client an access token was given to.
    TokenChecked {
        /// Whether it is ours, and good for signing in.
        passed: bool,
    },
    /// The linking policy spoke.
    Decided {
        /// The answer's code.
        decision: &'static str,
        /// The reasons' codes, joined by blanks.
        reasons: String,
    },
    /// A session was opened.
    SessionCreated,
    /// The flow ended without a session.
    Refused {
        /// The cause, in words for the log.
        because: String,
    },
}

/// The events of one flow in their order; each is logged as it happens.
#[derive(Debug)]
pub struct Journal {
    provider: String,
    events: Vec<FlowEvent>,
}

impl Journal {
    /// The journal of a flow at this provider.
    pub fn new(provider: &str) -> Self {
        Self { provider: provider.to_owned(), events: Vec::new() }
    }

    /// Writes down one step.
    pub fn record(&mut self, event: FlowEvent) {
        match &event {
            FlowEvent::Refused { .. } => tracing::info!(provider = %self.provider, ?event, "flow"),
            FlowEvent::ClaimChecked { .. } => tracing::debug!(provider = %self.provider, ?event, "flow"),
            _ => tracing::info!(provider = %self.provider, ?event, "flow"),
        }
        self.events.push(event);
    }

    /// Writes down what was checked of an id_token.
    pub(super) fn record_verdicts(&mut self, verdicts: &[ClaimVerdict]) {
        for verdict in verdicts {
            self.record(FlowEvent::ClaimChecked {
                check: verdict.check.name(),
                passed: verdict.verdict != Verdict::Refused,
            });
        }
    }

    /// All steps so far.
    pub fn events(&self) -> &[FlowEvent] {
        &self.events
    }
}
