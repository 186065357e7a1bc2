//! What completes a new account.

use leptos::prelude::*;

use crate::{
    codes::settings_page::SettingsPage,
    ui::{
        markup::{IntoMarkup, Markup},
        template::Template,
        view::{NextStep, StepState},
    },
};

/// `None` if nothing is left to do.
pub fn next_steps(steps: &[(NextStep, StepState)]) -> Option<Markup> {
    if steps.is_empty() {
        return None;
    }
    static TEMPLATE: Template<1> = Template::new(|[rows]| {
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
        .into_markup()
    });
    let rows: Vec<_> = steps.iter().copied().map(step).collect();
    Some(TEMPLATE.fill([rows.into_markup().into()]))
}

fn step((step, state): (NextStep, StepState)) -> Markup {
    static DONE: Template<1> = Template::new(|[text]| {
        view! {
            <li class="step is-done">
                <span class="step-mark" aria-hidden="true"></span>
                <div>
                    <span class="step-done">{text}</span>
                    <span class="visually-hidden">" (done)"</span>
                </div>
            </li>
        }
        .into_markup()
    });
    static OPEN: Template<3> = Template::new(|[text, reason, href]| {
        view! {
            <li class="step">
                <span class="step-mark" aria-hidden="true"></span>
                <div>
                    <a href=href>{text}</a>
                    <p class="step-reason">{reason}</p>
                </div>
            </li>
        }
        .into_markup()
    });
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
    match state {
        StepState::Done => DONE.fill([text.into()]),
        StepState::Open => OPEN.fill([text.into(), reason.into(), href.into()]),
    }
}
