//! A flow as messages between lanes, for any renderer.

mod facts;
mod message;
mod of_parts;
mod of_tables;

use message::message;

use super::{
    check::CheckResult,
    flow::{Flow, Outcome, Visit},
    source::Source,
    step::{Cookie, Party, Step},
    value::{Audience, Parameter, Value},
};

/// The whole flow.
#[derive(Clone, Debug)]
pub struct Walkthrough {
    pub id: String,
    /// As "Sign-in with Google".
    pub title: String,
    pub outcome: Outcome,
    /// The browser goes to a provider: a sign-in, link, step-up or re-authentication.
    pub is_with_provider: bool,
    /// The check that ended it.
    pub failed: Option<CheckResult>,
    /// Why it ended, and what the operator has to do.
    pub refused: Option<(Value, Option<Value>)>,
    /// Unix time in milliseconds.
    pub started_at: i64,
    pub sections: Vec<Section>,
}

/// One request of the browser.
#[derive(Clone, Debug)]
pub struct Section {
    /// As "GET /auth/google".
    pub title: String,
    pub request_id: String,
    /// Milliseconds since the section before ended: the user was elsewhere.
    pub pause: Option<u64>,
    /// In milliseconds.
    pub took: u64,
    pub messages: Vec<Message>,
    /// Steps that did not fit.
    pub dropped: usize,
}

/// One message between two lanes, or something that happens in one.
#[derive(Clone, Debug)]
pub struct Message {
    pub from: Party,
    pub to: Party,
    pub title: String,
    /// In plain words; may be empty.
    pub words: &'static str,
    /// Each with what it is for.
    pub parameters: Vec<(Parameter, &'static str)>,
    pub checks: Vec<CheckResult>,
    /// Sentences, such as the reasons of a decision.
    pub lines: Vec<String>,
    pub cookies: Vec<Cookie>,
    pub source: Source,
    /// Milliseconds since the section began.
    pub at: u64,
    /// The request that did what this one waited for.
    pub awaited: Option<String>,
    /// The step of the tour that it belongs to, as an index.
    pub(super) station: usize,
}

impl Walkthrough {
    pub fn of(flow: &Flow) -> Self {
        let mut before: Option<&Visit> = None;
        let sections = flow.visits.iter().map(|visit| {
            let pause = before.map(|before| {
                let ended = before.started_at.saturating_add(i64::try_from(before.took()).unwrap_or(i64::MAX));
                u64::try_from(visit.started_at.saturating_sub(ended)).unwrap_or(0)
            });
            before = Some(visit);
            section(visit, pause)
        });
        Self {
            id: flow.id.clone(),
            title: flow.title(),
            outcome: flow.outcome(),
            is_with_provider: flow.steps().any(|step| matches!(step, Step::AuthorizationRequest { .. })),
            failed: flow.failed_check().cloned(),
            refused: flow.steps().rev().find_map(|step| match step {
                Step::Refused { because, next_step } => Some((because.clone(), next_step.clone())),
                _ => None,
            }),
            started_at: flow.started_at(),
            sections: sections.collect(),
        }
    }

    /// What to do about a refusal: the operator's next step, or that of the check.
    pub fn advice(&self, audience: Audience) -> Option<String> {
        let next_step = self.refused.as_ref().and_then(|(_, next_step)| next_step.as_ref());
        let of_check = || self.failed.as_ref().map(|failed| failed.check.advice().to_owned());
        next_step.map(|next_step| next_step.text(audience)).or_else(of_check)
    }
}

fn section(visit: &Visit, pause: Option<u64>) -> Section {
    Section {
        title: format!("{} {}", visit.method, visit.path),
        request_id: visit.request_id.clone(),
        pause,
        took: visit.took(),
        messages: visit.steps.iter().map(|(at, step)| message(*at, step)).collect(),
        dropped: visit.dropped,
    }
}
