//! A recorded flow: the requests that belong together, with their steps.

use super::{
    check::{CheckResult, Verdict},
    step::Step,
    value::{Audience, Class, Value},
};
use crate::codes::codes;

codes! {
    /// What a flow is for.
    FlowKind {
        SignIn = "sign_in",
        Link = "link",
        Grant = "grant",
        Reauthenticate = "reauthenticate",
        ResolveLink = "resolve_link",
        Password = "password",
        EmailCode = "email_code",
        SecondStep = "second_step",
        Passkey = "passkey",
        EmailLink = "email_link",
        Api = "api",
        Refresh = "refresh",
        GrantRefresh = "grant_refresh",
        SignOut = "sign_out",
        ProviderEvent = "provider_event",
        Unknown = "unknown",
    }
}

impl FlowKind {
    pub const fn label(self) -> &'static str {
        match self {
            Self::SignIn => "Sign-in",
            Self::Link => "Linking",
            Self::Grant => "Step-up for access",
            Self::Reauthenticate => "Re-authentication",
            Self::ResolveLink => "Sign-in at the link prompt",
            Self::Password => "Sign-in with a password",
            Self::EmailCode => "Sign-in with a code from an email",
            Self::SecondStep => "Second step of a sign-in",
            Self::Passkey => "Passkey",
            Self::EmailLink => "Link in an email",
            Self::Api => "Sign-in of a program",
            Self::Refresh => "Refresh of a session's tokens",
            Self::GrantRefresh => "Refresh of a grant",
            Self::SignOut => "Sign-out",
            Self::ProviderEvent => "Message from a provider",
            Self::Unknown => "Response without a flow",
        }
    }
}

/// One request and what it caused.
#[derive(Clone, Debug)]
pub struct Visit {
    /// The id of the request in the log.
    pub request_id: String,
    pub method: &'static str,
    /// Without the query.
    pub path: String,
    /// Unix time in milliseconds.
    pub started_at: i64,
    /// Milliseconds since the start of the visit, and the step.
    pub steps: Vec<(u64, Step)>,
    /// Steps that did not fit.
    pub dropped: usize,
}

impl Visit {
    pub fn took(&self) -> u64 {
        self.steps.last().map_or(0, |(at, _)| *at)
    }

    pub(super) fn size(&self) -> usize {
        size_of::<Self>() + self.path.len() + self.steps.iter().map(|(_, step)| 8 + step.size()).sum::<usize>()
    }
}

/// Requests that belong together, in order.
#[derive(Clone, Debug)]
pub struct Flow {
    pub id: String,
    pub visits: Vec<Visit>,
}

/// How a flow ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The browser is at the provider, or never came back.
    Pending,
    /// It did what it was for.
    Done,
    /// The user was asked to confirm first.
    Asked,
    Refused,
}

impl Outcome {
    pub const fn label(self) -> &'static str {
        match self {
            Self::Pending => "Not finished",
            Self::Done => "Succeeded",
            Self::Asked => "Asked the user first",
            Self::Refused => "Refused",
        }
    }
}

impl Flow {
    pub fn steps(&self) -> impl DoubleEndedIterator<Item = &Step> {
        self.visits.iter().flat_map(|visit| visit.steps.iter().map(|(_, step)| step))
    }

    /// What it is for, and with whom.
    pub fn kind(&self) -> (FlowKind, Option<&Value>) {
        let began = self.steps().find_map(|step| match step {
            Step::Began { kind, provider } => Some((*kind, Some(provider))),
            _ => None,
        });
        began.unwrap_or((FlowKind::Unknown, None))
    }

    /// As "Sign-in with Google". A form of the settings, which begins no flow, is named by its request.
    pub fn title(&self) -> String {
        let (kind, provider) = self.kind();
        let provider = provider.filter(|provider| provider.class() != Class::Absent);
        match (kind, provider.map(|provider| provider.text(Audience::Everyone)), self.visits.first()) {
            (FlowKind::ProviderEvent, Some(provider), _) => format!("Message from {provider}"),
            (kind, Some(provider), _) => format!("{} with {provider}", kind.label()),
            (FlowKind::Unknown, None, Some(visit)) if !visit.path.starts_with("/auth/callback/") => {
                format!("{} {}", visit.method, visit.path)
            }
            (kind, None, _) => kind.label().to_owned(),
        }
    }

    /// The check that ended it.
    pub fn failed_check(&self) -> Option<&CheckResult> {
        if self.outcome() != Outcome::Refused {
            return None;
        }
        let mut results = self.steps().rev().filter_map(|step| match step {
            Step::Checked(results) => results.iter().find(|result| result.verdict == Verdict::Refused),
            _ => None,
        });
        results.next_back()
    }

    pub fn outcome(&self) -> Outcome {
        let ended = self.steps().rev().find_map(|step| match step {
            Step::Refused { .. } => Some(Outcome::Refused),
            Step::Decided { outcome: "prompt", .. } => Some(Outcome::Asked),
            Step::Session { .. } | Step::Decided { .. } | Step::Done { .. } | Step::Row { table: "grants", .. } => {
                Some(Outcome::Done)
            }
            _ => None,
        });
        ended.unwrap_or(Outcome::Pending)
    }

    pub fn started_at(&self) -> i64 {
        self.visits.first().map_or(0, |visit| visit.started_at)
    }
}
