//! The page for each [`PageError`]. It has no islands.

use leptos::prelude::*;

use crate::{
    codes::page_error::PageError,
    ui::{
        components::{frame::Frame, mark::KeyMark},
        document::set_title,
        wording,
    },
};

/// The caller sets the status.
#[component]
pub fn ErrorPageBody(error: PageError, #[prop(optional_no_strip)] request_id: Option<String>) -> impl IntoView {
    let message = wording::error_page(error);
    view! {
        <Frame narrow=true>
            <div class="error-page">
                <span class="error-page-mark">
                    <KeyMark />
                </span>
                <h1 class="title">{message.happened}</h1>
                <p class="lead">{message.advice}</p>
                {request_id
                    .map(|id| {
                        view! {
                            <p class="fine-print">
                                "Request ID: " <code class="copyable">{id}</code>
                            </p>
                        }
                    })}
                {message.step.map(|step| view! { <a class="button" href=step.href>{step.text}</a> })}
            </div>
        </Frame>
    }
}

/// The same inside a document with islands, with its title.
#[component]
pub fn ErrorPage(error: PageError) -> impl IntoView {
    set_title(wording::title(wording::error_page(error).happened.as_str()));
    view! {
        <ErrorPageBody error />
    }
}
