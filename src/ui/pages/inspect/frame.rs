//! The frame of the pages below `/inspect`: the way back, the title, and what the page is about.

use leptos::prelude::*;

use super::badge;
use crate::ui::{
    components::frame::Frame,
    markup::{IntoMarkup, Markup},
    view::FlowOutcomeView,
};

/// A page that the list of recorded flows leads to.
pub(super) fn below_the_list(body: impl IntoView + 'static) -> Markup {
    framed("/inspect".to_owned(), "All recorded flows", body.into_markup())
}

/// A page that a flow leads to.
pub(super) fn below_the_flow(path: String, body: impl IntoView + 'static) -> Markup {
    framed(path, "Back to the flow", body.into_markup())
}

fn framed(back: String, back_to: &'static str, body: Markup) -> Markup {
    view! {
        <Frame>
            <p class="way-back">
                <a href=back>{back_to}</a>
            </p>
            {body}
        </Frame>
    }
    .into_markup()
}

/// The title of a flow's page, with how the flow ended.
pub(super) fn flow_title(title: String, outcome: FlowOutcomeView) -> Markup {
    view! {
        <div class="walk-head">
            <h1 class="title">{title}</h1>
            {badge(outcome)}
        </div>
    }
    .into_markup()
}

pub(super) fn page(title: Markup, lead: impl IntoView + 'static, body: impl IntoView + 'static) -> Markup {
    let (lead, body) = (lead.into_markup(), body.into_markup());
    view! {
        <div class="walk-page">
            {title}
            <p class="walk-lead">{lead}</p>
            {body}
        </div>
    }
    .into_markup()
}
