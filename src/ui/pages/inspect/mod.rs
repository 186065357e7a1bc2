//! `/inspect`: the recorded flows. Without script and without islands, as what can be saved as a file.

use leptos::prelude::*;

mod compare;
mod frame;
mod message;
mod recording;
mod source;
mod tour;
mod walkthrough;

pub use compare::ComparePage;
pub use recording::RecordingOfferPage;
pub use source::SourcePage;
pub use tour::TourPage;
pub use walkthrough::{WalkthroughFile, WalkthroughPage};

use frame::page;
use recording::recording_switch;

use crate::{
    codes::percent::encode,
    ui::{
        components::frame::Frame,
        markup::{IntoMarkup, Markup},
        timestamp,
        view::{AttackView, FlowOutcomeView, FlowRowView, FlowTone, InspectView},
    },
};

const LEAD: &str = "Each sign-in, step by step: what was sent, what was checked and against what, what was decided, and what was \
                    written. The newest comes first. They are kept in this process's memory, a hundred of them, for an hour. \
                    No code, token, password or cookie is among them: of a secret there is its length and a fingerprint.";

#[component]
pub fn InspectPage(view: InspectView) -> impl IntoView {
    let InspectView { flows, in_development, recording, attacks } = view;
    let is_empty = flows.is_empty();
    let rows: Vec<_> = flows.into_iter().map(row).collect();
    let title = view! { <h1 class="title">"Recorded flows"</h1> };
    let body = view! {
        {(!in_development).then(|| view! { <p class="walk-lead">"The audit trail records which flows you open."</p> })}
        {recording.map(recording_switch)}
        {is_empty.then(empty)}
        <ul class="rows" role="list">
            {rows}
        </ul>
        {(!attacks.is_empty()).then(|| attack_list(attacks))}
    };
    view! { <Frame>{page(title.into_markup(), LEAD, body)}</Frame> }.into_markup()
}

fn attack_list(attacks: Vec<AttackView>) -> Markup {
    let attacks: Vec<_> = attacks.into_iter().map(attack).collect();
    view! {
        <section class="walk-section" aria-labelledby="attacks">
            <h2 class="walk-request" id="attacks">
                "Attack it"
            </h2>
            <p class="walk-lead">
                "A button makes the sandbox's Google misbehave once, towards Ada, and starts a sign-in: choose Ada. The login page then \
                 links to what happened, up to the check that stopped it. Where it says so, this server plays the user and the attacker \
                 itself, and shows the record at once."
            </p>
            <ul class="walk-attacks" role="list">
                {attacks}
            </ul>
        </section>
    }
    .into_markup()
}

fn attack(attack: AttackView) -> Markup {
    let AttackView { name, title, story, stopped_by, without, is_played } = attack;
    view! {
        <li class="walk-attack">
            <h3 class="walk-title">{title}</h3>
            <p>{story} {is_played.then_some(" Played by this server.")}</p>
            <p class="walk-note">
                <strong>"Stopped by: "</strong>
                {format!("{stopped_by}. Without it: {without}")}
            </p>
            <form method="post" action="/inspect/attack">
                <input type="hidden" name="attack" value=name />
                <button class="button is-quiet is-small" type="submit">
                    {title}
                </button>
            </form>
        </li>
    }
    .into_markup()
}

fn empty() -> Markup {
    view! {
        <div class="empty">
            <h2 class="empty-title">"Nothing yet"</h2>
            <p>"Sign in with a provider, in this browser or another, and come back." " " <a href="/login">"Sign in"</a></p>
        </div>
    }
    .into_markup()
}

fn row(flow: FlowRowView) -> Markup {
    let FlowRowView { id, title, outcome, stopped_at, at } = flow;
    view! {
        <li class="row is-alone">
            <div class="row-what">
                <h2 class="row-title">
                    <a href=format!("/inspect/{}", encode(&id))>{title}</a>
                    " "
                    {badge(outcome)}
                </h2>
                {stopped_at.map(|check| view! { <p class="row-told">{format!("Stopped at: {check}")}</p> })}
                <p class="row-told">{time(at)}</p>
            </div>
        </li>
    }
    .into_markup()
}

fn badge(outcome: FlowOutcomeView) -> Markup {
    let look = match outcome.tone {
        FlowTone::Good => "badge is-good",
        FlowTone::Mild => "badge is-mild",
        FlowTone::Serious => "badge is-serious",
    };
    view! { <span class=look>{outcome.label}</span> }.into_markup()
}

fn time(unix: i64) -> Markup {
    view! { <time datetime=timestamp::iso(unix)>{timestamp::words(unix)}</time> }.into_markup()
}
