//! `/inspect/{id}/tour`: a sign-in explained in eleven steps, each beside what happened in a real one. To be read in order, and
//! printed.

use leptos::prelude::*;

use super::{badge, message::message};
use crate::{
    codes::percent::encode,
    ui::{
        components::frame::Frame,
        view::{StationView, TourView},
    },
};

#[component]
pub fn TourPage(view: TourView) -> impl IntoView {
    let TourView { id, title, outcome, took, stations } = view;
    let back = format!("/inspect/{}", encode(&id));
    let count = stations.len();
    let stations: Vec<_> =
        stations.into_iter().enumerate().map(|(index, it)| station(index + 1, count, it, took)).collect();
    view! {
        <Frame>
            <p class="way-back">
                <a href=back>"Back to the flow"</a>
            </p>
            <div class="walk-page">
                <div class="walk-head">
                    <h1 class="title">{format!("{title}, in {count} steps")}</h1>
                    {badge(outcome)}
                </div>
                <p class="walk-lead">
                    "What happens when you sign in with a provider, why it happens, and what each step protects you from. Below each \
                     explanation is what happened in your own sign-in. A step without anything below it did not happen here. You can \
                     print this page."
                </p>
                {stations}
            </div>
        </Frame>
    }
    .into_any()
}

fn station(number: usize, count: usize, station: StationView, took: u64) -> AnyView {
    let StationView { title, words, wrong, messages } = station;
    let id = format!("step-{number}");
    let labelled_by = id.clone();
    let is_empty = messages.is_empty();
    let messages: Vec<_> = messages.into_iter().map(|it| message(it, took)).collect();
    view! {
        <section class="walk-station" aria-labelledby=labelled_by>
            <h2 class="walk-request" id=id>
                {format!("Step {number} of {count}: {title}")}
            </h2>
            <p class="walk-words">{words}</p>
            <p class="walk-words">
                <strong>"What can go wrong: "</strong>
                {wrong}
            </p>
            {(!is_empty)
                .then(|| {
                    view! {
                        <ol class="walk is-plain" role="list">
                            {messages}
                        </ol>
                    }
                })}
        </section>
    }
    .into_any()
}
