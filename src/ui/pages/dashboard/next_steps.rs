//! What completes a new account.

use leptos::prelude::*;

use crate::{
    codes::settings_page::SettingsPage,
    ui::{
        markup::{IntoMarkup, Markup},
        view::{NextStep, StepState},
    },
};

/// `None` if nothing is left to do.
pub fn next_steps(steps: &[(NextStep, StepState)]) -> Option<Markup> {
    if steps.is_empty() {
        return None;
    }
    let rows: Vec<_> = steps.iter().copied().map(step).collect();
    Some(
        view! {
            <section class="card is-wide" aria-labelledby="steps-title">
                <h2 class="card-title" id="steps-title">
                    "Complete your account"
                </h2>
                <ol class="steps" role="list">
                    {rows}
                </ol>
            </section>
        }
        .into_markup(),
    )
}

fn step((step, state): (NextStep, StepState)) -> Markup {
    let (text, reason, href) = match step {
        NextStep::AddEmail => (
            "Add email address",
            "A confirmed address lets you recover your account, and we'll tell you about important changes.",
            "/add-email",
        ),
        NextStep::AddMethod => (
            "Add a second way to sign in",
            "If you lose one, you still get into your account.",
            SettingsPage::Security.path(),
        ),
        NextStep::ChooseName => ("Choose a name", "It's shown here and in our emails.", SettingsPage::Account.path()),
    };
    let done = state == StepState::Done;
    let what = if done {
        view! {
            <span class="step-done">{text}</span>
            <span class="visually-hidden">" (done)"</span>
        }
        .into_markup()
    } else {
        view! { <a href=href>{text}</a> <p class="step-reason">{reason}</p> }.into_markup()
    };
    view! {
        <li class="step" class:is-done=done>
            <span class="step-mark" aria-hidden="true"></span>
            <div>{what}</div>
        </li>
    }
    .into_markup()
}
