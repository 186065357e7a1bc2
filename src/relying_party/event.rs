//! The steps of a flow as typed events, for the log and the audit trail.

use crate::{
    accounts::Decision,
    oauth::ProviderMessage,
    oidc::{ClaimVerdict, Verdict},
};

/// One step. Contains no code, token, state or email.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FlowEvent {
    /// The browser was redirected to the provider.
    Started,
    /// The authorization response is valid and not an error.
    ResponseValidated,
    /// The token endpoint returned tokens.
    TokensReceived {
        /// Whether they include a refresh token.
        refresh_token: bool,
    },
    /// A check of the id_token ran.
    ClaimChecked {
        /// The name of the check.
        check: &'static str,
        /// Whether it did not reject the token.
        passed: bool,
    },
    /// The JWK set was fetched again, because it lacked the id_token's key.
    KeysRefetched,
    /// Userinfo was requested.
    UserinfoReceived {
        /// Whether it was accepted; otherwise only the id_token's claims are used.
        usable: bool,
    },
    /// A document of the provider's API was requested.
    DocumentReceived {
        /// The document's name.
        name: &'static str,
        /// Whether it was accepted.
        usable: bool,
    },
    /// The provider was asked which client an access token was issued to.
    TokenChecked {
        /// Whether it was issued to this application and is valid for sign-in.
        passed: bool,
    },
    /// The linking policy decided.
    Decided {
        /// The decision's code.
        decision: &'static str,
        /// The reasons' codes, separated by spaces.
        reasons: String,
    },
    /// A session was created.
    SessionCreated,
    /// The flow ended without a session.
    Refused {
        /// The cause and the provider's own words, for the log.
        because: String,
        /// What the operator has to do, if no one else can.
        next_step: Option<String>,
    },
}

impl FlowEvent {
    /// The event of a decision of the linking policy.
    pub fn decided(decision: &Decision) -> Self {
        let reasons: Vec<&str> = decision.reasons.iter().map(|reason| reason.code()).collect();
        Self::Decided { decision: decision.answer.outcome().code(), reasons: reasons.join(" ") }
    }
}

/// The events of one flow, in order. Each is logged when it is recorded.
#[derive(Debug)]
pub struct Journal {
    provider: String,
    events: Vec<FlowEvent>,
    said: Option<ProviderMessage>,
}

impl Journal {
    /// The journal of a flow at the provider with this slug.
    pub fn new(provider: &str) -> Self {
        Self { provider: provider.to_owned(), events: Vec::new(), said: None }
    }

    /// Records and logs one step.
    pub fn record(&mut self, event: FlowEvent) {
        match &event {
            FlowEvent::ClaimChecked { .. } => tracing::debug!(provider = %self.provider, ?event, "flow"),
            FlowEvent::Refused { next_step: Some(_), .. } => tracing::warn!(provider = %self.provider, ?event, "flow"),
            _ => tracing::info!(provider = %self.provider, ?event, "flow"),
        }
        self.events.push(event);
    }

    /// Keeps the provider's words about an error, if it has any.
    pub(super) fn provider_said(&mut self, said: Option<ProviderMessage>) {
        self.said = said;
    }

    /// The provider's words about the error that ended the flow.
    pub fn said(&self) -> Option<&ProviderMessage> {
        self.said.as_ref()
    }

    /// Records the checks of an id_token.
    pub(super) fn record_verdicts(&mut self, verdicts: &[ClaimVerdict]) {
        for verdict in verdicts {
            self.record(FlowEvent::ClaimChecked {
                check: verdict.check.name(),
                passed: verdict.verdict != Verdict::Refused,
            });
        }
    }

    /// The steps so far, in order.
    pub fn events(&self) -> &[FlowEvent] {
        &self.events
    }
}
