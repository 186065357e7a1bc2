//! A notice above a form: what happened, and one next step.

use leptos::prelude::*;

use crate::{
    codes::outcome::ERROR_ANCHOR,
    ui::wording::{Message, Tone},
};

/// Draws a [`Message`]. One that a screen reader interrupts for is what the redirect's fragment names, so that it takes the
/// focus; there is at most one on a page.
#[component]
pub fn NoticeBox(
    /// What to say.
    telling: Message,
    /// Whether a screen reader should interrupt for it.
    alert: bool,
) -> impl IntoView {
    let Message { tone, happened, advice, step } = telling;
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
