//! The views of recorded flows.

use crate::{
    inspect::{
        Audience, CheckResult, Class, Compared, Message, Outcome, Party, Section, Source, Station, Summary, Verdict,
        Walkthrough, compare,
    },
    ui::{
        timestamp,
        view::{
            CompareView, ComparedFlowView, ComparedLineView, EndingView, FlowOutcomeView, FlowRowView, FlowTone,
            InspectView, Lane, StationView, TourView, WalkCheckView, WalkMessageView, WalkParameterView,
            WalkSectionView, WalkSourceView, WalkVerdict, WalkthroughView,
        },
    },
};

/// Without attacks, and without the switch of the recording.
pub(super) fn list_view(flows: &[Summary], in_development: bool) -> InspectView {
    let row = |flow: &Summary| FlowRowView {
        id: flow.id.clone(),
        title: flow.title.clone(),
        outcome: outcome(flow.outcome),
        stopped_at: flow.stopped_at.map(str::to_owned),
        at: flow.started_at / 1000,
    };
    InspectView { flows: flows.iter().map(row).collect(), in_development, ..InspectView::default() }
}

/// Flows that one of them can be compared with, as the page offers them.
const OTHERS: usize = 20;

/// The ids and labels of the other flows.
pub(super) fn others(flows: &[Summary], id: &str) -> Vec<(String, String)> {
    let label = |flow: &Summary| {
        let stopped_at = flow.stopped_at.map(|check| format!(" at {check}")).unwrap_or_default();
        let time = timestamp::words(flow.started_at / 1000);
        (flow.id.clone(), format!("{}, {time}: {}{stopped_at}", flow.title, flow.outcome.label()))
    };
    flows.iter().filter(|flow| flow.id != id).take(OTHERS).map(label).collect()
}

pub(super) fn tour_view(walkthrough: &Walkthrough, audience: Audience) -> TourView {
    let station = |(station, messages): (Station, Vec<&Message>)| StationView {
        title: station.title,
        words: station.words,
        wrong: station.wrong,
        messages: messages.into_iter().map(|it| message(it, it.at, audience)).collect(),
    };
    TourView {
        id: walkthrough.id.clone(),
        title: walkthrough.title.clone(),
        outcome: outcome(walkthrough.outcome),
        took: walkthrough.sections.iter().map(|section| section.took).max().unwrap_or_default(),
        stations: walkthrough.tour().into_iter().map(station).collect(),
    }
}

pub(super) fn compare_view(one: &Walkthrough, other: &Walkthrough) -> CompareView {
    let head = |flow: &Walkthrough| ComparedFlowView {
        id: flow.id.clone(),
        title: flow.title.clone(),
        outcome: outcome(flow.outcome),
    };
    let line = |line: Compared| ComparedLineView { differs: line.differs(), title: line.title, sides: line.sides };
    CompareView { flows: [head(one), head(other)], lines: compare(one, other).into_iter().map(line).collect() }
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
        others: Vec::new(),
        has_tour: walkthrough.is_with_provider,
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
    WalkMessageView {
        from: lane(message.from),
        to: lane(message.to),
        title: message.title.clone(),
        words: message.words,
        parameters: parameters.collect(),
        checks: message.checks.iter().map(|it| check(it, audience)).collect(),
        lines: message.lines.clone(),
        cookies: cookies.collect(),
        awaited: message.awaited.clone().filter(|_| audience == Audience::Here),
        source: source(message.source, audience),
        at: message.at,
        until,
    }
}

fn check(result: &CheckResult, audience: Audience) -> WalkCheckView {
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
        source: source(result.check.source(), audience),
    }
}

fn source(Source { file, reference }: Source, audience: Audience) -> WalkSourceView {
    let reference = reference.map(|cited| (cited.name(), cited.url()));
    WalkSourceView { file, has_page: audience == Audience::Here, reference }
}

const fn lane(party: Party) -> Lane {
    match party {
        Party::Browser => Lane::Browser,
        Party::Latchkey => Lane::Latchkey,
        Party::Provider => Lane::Provider,
        Party::Database => Lane::Database,
    }
}
