//! `/settings/email`: a new address. It takes effect when the link in the email is opened and confirmed.

use leptos::prelude::*;

use crate::codes::settings_page::SettingsPage;
use crate::ui::{
    components::{
        card_page::Step,
        field::{EmailField, of_email},
        form::{PostForm, Submit},
    },
    markup::{IntoMarkup, Markup},
    pages::drawn,
    view::ChangeEmailView,
    wording,
};

#[component]
pub fn ChangeEmailPage() -> Markup {
    drawn(draw)
}

fn draw(change: ChangeEmailView) -> Markup {
    let ChangeEmailView { email, typed, form_error } = change;
    let invalid = of_email(form_error.map(wording::concern));
    let (heading, label) = match &email {
        Some((_, true)) => ("Change your email address", "New email address"),
        Some((_, false)) => ("Confirm or change your email address", "Email address"),
        None => ("Add email address", "Email address"),
    };
    // An unconfirmed address is the likeliest one.
    let value = typed.or_else(|| email.clone().and_then(|(email, verified)| (!verified).then_some(email)));
    let present = email.map(|(email, verified)| {
        let state = if verified { "Current address: " } else { "Not confirmed yet: " };
        view! { <p class="lead">{state} <strong>{email}</strong></p> }
    });
    view! {
        <Step above=SettingsPage::Account title=heading heading failed=form_error.is_some()>
            {present}
            <PostForm action="/settings/email" form_error>
                <EmailField label autocomplete="email" value invalid />
                <Submit text="Send email" busy="Sending…" />
            </PostForm>
            <p class="fine-print">
                "We'll email a link to that address. Open it in this browser to confirm; until then, nothing changes."
            </p>
        </Step>
    }
    .into_markup()
}
