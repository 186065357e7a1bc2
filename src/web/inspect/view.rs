//! The views of recorded flows.

use crate::{
    inspect::{
        Audience, CheckResult, Class, Message, Outcome, Party, Reference, Section, Source, Summary, Verdict,
        Walkthrough,
    },
    ui::view::{
        EndingView, FlowOutcomeView, FlowRowView, FlowTone, InspectView, Lane, WalkCheckView, WalkMessageView,
        WalkParameterView, WalkSectionView, WalkVerdict, WalkthroughView,
    },
};

pub(super) fn list_view(flows: &[Summary], in_development: bool) -> InspectView {
    let row = |flow: &Summary| FlowRowView {
        id: flow.id.clone(),
        title: match &flow.provider {
            Some(provider) => format!("{} with {}", flow.kind.label(), provider.text(Audience::Here)),
            None => flow.kind.label().to_owned(),
        },
        outcome: outcome(flow.outcome),
        stopped_at: flow.stopped_at.map(str::to_owned),
        at: flow.started_at / 1000,
    };
    InspectView { flows: flows.iter().map(row).collect(), in_development }
}

pub(super) fn walkthrough_view(walkthrough: &Walkthrough, audience: Audience) -> WalkthroughView {
    let is_refused = walkthrough.outcome == Outcome::Refused;
    let ending = is_refused.then(|| EndingView {
        because: walkthrough.refused.as_ref().map(|(because, _)| because.text(audience)),
        check: walkthrough.failed.as_ref().map(|failed| check(failed, audience)),
        advice: walkthrough.advice(audience),
    });
    WalkthroughView {
        id: walkthrough.id.clone(),
        title: walkthrough.title.clone(),
        outcome: outcome(walkthrough.outcome),
        at: walkthrough.started_at / 1000,
        ending,
        sections: walkthrough.sections.iter().map(|it| section(it, audience)).collect(),
    }
}

fn outcome(outcome: Outcome) -> FlowOutcomeView {
    let tone = match outcome {
        Outcome::Done => FlowTone::Good,
        Outcome::Pending | Outcome::Asked => FlowTone::Mild,
        Outcome::Refused => FlowTone::Serious,
    };
    FlowOutcomeView { label: outcome.label().to_owned(), tone }
}

fn section(section: &Section, audience: Audience) -> WalkSectionView {
    let next = section.messages.iter().skip(1).map(|message| message.at).chain([section.took]);
    let messages = section.messages.iter().zip(next).map(|(it, until)| message(it, until, audience));
    WalkSectionView {
        title: section.title.clone(),
        request_id: section.request_id.clone(),
        pause: section.pause.map(pause),
        took: section.took,
        messages: messages.collect(),
        dropped: section.dropped,
    }
}

/// The user is at the provider, or elsewhere.
fn pause(milliseconds: u64) -> String {
    match milliseconds {
        0..1000 => format!("{milliseconds} ms later, the browser comes back"),
        _ => format!("{} s later, the browser comes back", milliseconds / 1000),
    }
}

fn message(message: &Message, until: u64, audience: Audience) -> WalkMessageView {
    let parameters = message.parameters.iter().map(|(parameter, explanation)| WalkParameterView {
        name: parameter.name.clone(),
        value: parameter.value.text(audience),
        is_secret: parameter.value.class() == Class::Secret,
        explanation,
    });
    let cookies = message.cookies.iter().map(|cookie| {
        let verb = if cookie.removed { "Removes the cookie" } else { "Sets the cookie" };
        format!("{verb} {}: {}", cookie.name, cookie.attributes)
    });
    let Source { file, reference: cited } = message.source;
    WalkMessageView {
        from: lane(message.from),
        to: lane(message.to),
        title: message.title.clone(),
        words: message.words,
        parameters: parameters.collect(),
        checks: message.checks.iter().map(|it| check(it, audience)).collect(),
        lines: message.lines.clone(),
        cookies: cookies.collect(),
        file,
        reference: cited.map(reference),
        at: message.at,
        until,
    }
}

fn check(result: &CheckResult, audience: Audience) -> WalkCheckView {
    let Source { file, reference: cited } = result.check.source();
    WalkCheckView {
        label: result.check.label(),
        asks: result.check.asks(),
        expected: result.expected.text(audience),
        actual: result.actual.text(audience),
        verdict: match result.verdict {
            Verdict::Passed => WalkVerdict::Passed,
            Verdict::NotNeeded => WalkVerdict::NotNeeded,
            Verdict::Refused => WalkVerdict::Refused,
        },
        without: result.check.without(),
        file,
        reference: cited.map(reference),
    }
}

fn reference(cited: Reference) -> (String, String) {
    (cited.name(), cited.url())
}

const fn lane(party: Party) -> Lane {
    match party {
        Party::Browser => Lane::Browser,
        Party::Latchkey => Lane::Latchkey,
        Party::Provider => Lane::Provider,
        Party::Database => Lane::Database,
    }
}
