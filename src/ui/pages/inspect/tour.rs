//! `/inspect/{id}/tour`: a sign-in explained in eleven steps, each beside what happened in a real one. To be read in order, and
//! printed.

use leptos::prelude::*;

use super::{
    frame::{below_the_flow, flow_title, page},
    message::message,
};
use crate::{
    codes::percent::encode,
    ui::{
        markup::{IntoMarkup, Markup},
        view::{StationView, TourView},
    },
};

const LEAD: &str = "What happens when you sign in with a provider, why it happens, and what each step protects you from. Below \
                    each explanation is what happened in your own sign-in. A step without anything below it did not happen \
                    here. You can print this page.";

#[component]
pub fn TourPage(view: TourView) -> impl IntoView {
    let TourView { id, title, outcome, took, stations } = view;
    let back = format!("/inspect/{}", encode(&id));
    let count = stations.len();
    let stations: Vec<_> =
        stations.into_iter().enumerate().map(|(index, it)| station(index + 1, count, it, took)).collect();
    let title = flow_title(format!("{title}, in {count} steps"), outcome);
    below_the_flow(back, page(title, LEAD, stations))
}

fn station(number: usize, count: usize, station: StationView, took: u64) -> Markup {
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
    .into_markup()
}
