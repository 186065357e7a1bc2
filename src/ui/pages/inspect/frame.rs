//! The frame of the pages below `/inspect`: the way back, the title, and what the page is about.

use leptos::prelude::*;

use super::badge;
use crate::ui::{components::frame::Frame, view::FlowOutcomeView};

/// A page that the list of recorded flows leads to.
pub(super) fn below_the_list(body: impl IntoView + 'static) -> AnyView {
    framed("/inspect".to_owned(), "All recorded flows", body.into_any())
}

/// A page that a flow leads to.
pub(super) fn below_the_flow(path: String, body: impl IntoView + 'static) -> AnyView {
    framed(path, "Back to the flow", body.into_any())
}

fn framed(back: String, back_to: &'static str, body: AnyView) -> AnyView {
    view! {
        <Frame>
            <p class="way-back">
                <a href=back>{back_to}</a>
            </p>
            {body}
        </Frame>
    }
    .into_any()
}

/// The title of a flow's page, with how the flow ended.
pub(super) fn flow_title(title: String, outcome: FlowOutcomeView) -> AnyView {
    view! {
        <div class="walk-head">
            <h1 class="title">{title}</h1>
            {badge(outcome)}
        </div>
    }
    .into_any()
}

pub(super) fn page(title: AnyView, lead: impl IntoView + 'static, body: impl IntoView + 'static) -> AnyView {
    let (lead, body) = (lead.into_any(), body.into_any());
    view! {
        <div class="walk-page">
            {title}
            <p class="walk-lead">{lead}</p>
            {body}
        </div>
    }
    .into_any()
}
