//! A notice above a form: what happened, and one next step.

use leptos::prelude::*;

use crate::ui::wording::{Telling, Tone};

/// Draws a [`Telling`].
#[component]
pub fn NoticeBox(
    /// What to say.
    telling: Telling,
    /// Whether a screen reader should interrupt for it.
    alert: bool,
    /// Its name, for the fields that it is about.
    #[prop(optional)]
    id: Option<&'static str>,
) -> impl IntoView {
    let Telling { tone, happened, advice, step } = telling;
    let tone = match tone {
        Tone::Quiet => "notice is-quiet",
        Tone::Mild => "notice is-mild",
        Tone::Serious => "notice is-serious",
    };
    view! {
        <div class=tone id=id role=if alert { "alert" } else { "status" }>
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
