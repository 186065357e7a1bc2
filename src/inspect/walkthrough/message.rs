//! One step as a message.

use super::{
    Message,
    facts::{Facts, facts},
};
use crate::inspect::{
    parameters::explain,
    step::Step,
    tour::station_of,
    value::{Audience, Parameter},
};

pub(super) fn message(at: u64, step: &Step) -> Message {
    let Facts { from, to, title, words, source } = facts(step);
    let mut message = Message {
        from,
        to,
        title,
        words,
        parameters: Vec::new(),
        checks: Vec::new(),
        lines: Vec::new(),
        cookies: Vec::new(),
        source,
        awaited: None,
        at,
        station: station_of(step),
    };
    fill(&mut message, step);
    message
}

/// What the step carries.
fn fill(message: &mut Message, step: &Step) {
    let mut add = |parameters: &[Parameter]| {
        let explained = parameters.iter().map(|parameter| (parameter.clone(), explain(&parameter.name)));
        message.parameters.extend(explained);
    };
    match step {
        Step::Requested { parameters, .. }
        | Step::AuthorizationRequest { parameters, .. }
        | Step::ProviderRequest { parameters, .. }
        | Step::ProviderResponse { parameters, .. }
        | Step::Profile { parameters }
        | Step::Row { parameters, .. }
        | Step::Session { parameters, .. }
        | Step::Done { parameters, .. } => add(parameters),
        Step::Token { header, claims, .. } => {
            add(header);
            add(claims);
        }
        Step::Checked(results) => message.checks.clone_from(results),
        Step::Decided { reasons, .. } => message.lines = reasons.iter().map(|reason| (*reason).to_owned()).collect(),
        Step::Refused { because, next_step } => {
            let values = [Some(because), next_step.as_ref()].into_iter().flatten();
            message.lines = values.map(|value| value.text(Audience::Everyone)).collect();
        }
        Step::Answered { cookies, .. } => message.cookies.clone_from(cookies),
        Step::Waited { by, .. } => message.awaited = by.as_ref().map(|by| by.text(Audience::Everyone)),
        Step::Began { .. } | Step::Document { .. } => {}
    }
}
