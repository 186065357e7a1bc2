//! The page for each [`ErrorPage`]. It has no islands.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::ui::{
    components::{frame::Frame, mark::KeyMark},
    view::ErrorPage,
    wording,
};

/// The caller sets the status.
#[component]
pub fn ErrorPageBody(error: ErrorPage) -> impl IntoView {
    let message = wording::error_page(error);
    view! {
        <Frame narrow=true>
            <div class="error-page">
                <span class="error-page-mark">
                    <KeyMark />
                </span>
                <h1 class="title">{message.happened}</h1>
                <p class="lead">{message.advice}</p>
                {message.step.map(|step| view! { <a class="button" href=step.href>{step.text}</a> })}
            </div>
        </Frame>
    }
}

/// The same as a route of the app, with its title.
#[component]
pub fn RoutedErrorPage(error: ErrorPage) -> impl IntoView {
    view! {
        <Title text=wording::title(wording::error_page(error).happened.as_str()) />
        <ErrorPageBody error />
    }
}
