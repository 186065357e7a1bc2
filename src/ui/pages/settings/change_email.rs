//! `/settings/email`: another address. It becomes the account's when the letter's link was followed.

use leptos::prelude::*;

use crate::ui::{
    components::{
        card_page::Step,
        field::{EmailField, of_email},
        form::{PostForm, Submit},
    },
    pages::drawn,
    view::ChangeEmailView,
    wording,
};

/// The page, drawn from the [`ChangeEmailView`] in the context.
#[component]
pub fn ChangeEmailPage() -> impl IntoView {
    drawn(draw)
}

fn draw(change: ChangeEmailView) -> AnyView {
    let ChangeEmailView { email, typed, form_error } = change;
    let troubled = of_email(form_error.map(wording::concern));
    let (heading, label) = match &email {
        Some((_, true)) => ("Change your address", "New e-mail address"),
        Some((_, false)) => ("Confirm or change your address", "E-mail address"),
        None => ("Add an address", "E-mail address"),
    };
    // An address that waits for its confirmation is what most will want to send the letter to.
    let value = typed.or_else(|| email.clone().and_then(|(address, verified)| (!verified).then_some(address)));
    let present = email.map(|(address, verified)| {
        let state = if verified { "At present it is " } else { "Not confirmed yet: " };
        view! { <p class="lead">{state} <strong>{address}</strong></p> }
    });
    view! {
        <Step title=heading heading failed=form_error.is_some()>
            {present}
            <PostForm action="/settings/email" form_error>
                <EmailField label autocomplete="email" value troubled />
                <Submit text="Send the letter" busy="Sending…" />
            </PostForm>
            <p class="fine-print">
                "We send a letter to the new address. When you follow its link in this browser, the address is yours; until then nothing changes."
            </p>
        </Step>
    }
    .into_any()
}
