//! One page for every [`ErrorPage`]: what happened, what to do next, a way home. It has no islands.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::ui::{
    components::{frame::Frame, mark::KeyMark},
    view::ErrorPage,
    wording,
};

/// The page of a problem. The status is set by whoever renders it.
#[component]
pub fn ErrorPageBody(
    /// What went wrong.
    problem: ErrorPage,
) -> impl IntoView {
    let telling = wording::problem(problem);
    view! {
        <Frame narrow=true>
            <div class="problem">
                <span class="problem-mark">
                    <KeyMark />
                </span>
                <h1 class="title">{telling.happened}</h1>
                <p class="lead">{telling.advice}</p>
                {telling.step.map(|step| view! { <a class="button" href=step.href>{step.text}</a> })}
            </div>
        </Frame>
    }
}

/// The same among the routes of the app, where the title is set from within the page.
#[component]
pub fn RoutedErrorPage(
    /// What went wrong.
    problem: ErrorPage,
) -> impl IntoView {
    view! {
        <Title text=wording::title(wording::problem(problem).happened.as_str()) />
        <ErrorPageBody problem />
    }
}
