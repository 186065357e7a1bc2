//! A notice above a form: what happened, and one next step.

use leptos::prelude::*;

use crate::{
    codes::form_error::ERROR_ANCHOR,
    ui::wording::{Message, Tone},
};

/// Renders a [`Message`]. An alert is the target of the redirect's fragment, so that it takes the focus; a page has at most
/// one.
#[component]
pub fn NoticeBox(message: Message, alert: bool) -> impl IntoView {
    let Message { tone, happened, advice, step } = message;
    let tone = match tone {
        Tone::Quiet => "notice is-quiet",
        Tone::Mild => "notice is-mild",
        Tone::Serious => "notice is-serious",
    };
    view! {
        <div
            class=tone
            id=alert.then_some(ERROR_ANCHOR)
            tabindex=alert.then_some("-1")
            role=if alert { "alert" } else { "status" }
        >
            <p class="notice-happened">{happened}</p>
            <p class="notice-advice">{advice}</p>
            {step
                .map(|step| {
                    view! {
                        <a class="notice-step" href=step.href rel="nofollow">
                            {step.text}
                        </a>
                    }
                })}
        </div>
    }
}
