//! `/add-email`: the provider returned no verified address, so the page asks for one.

use leptos::prelude::*;

use super::drawn;
use crate::ui::{
    components::{
        card_page::CardPage,
        field::{EmailField, of_email},
        form::{PostForm, Submit},
        frame::Place,
    },
    markup::{IntoMarkup, Markup},
    view::AddEmailView,
    wording,
};

#[component]
pub fn AddEmailPage() -> Markup {
    drawn(draw)
}

fn draw(add: AddEmailView) -> Markup {
    let AddEmailView { provider, email, required, return_to, form_error } = add;
    let concern = form_error.map(wording::concern);
    let reason = if required {
        "This site requires one."
    } else {
        "It lets you recover your account, and we'll tell you about important changes."
    };
    let later = return_to.clone();
    view! {
        <CardPage title="Add your email address" heading="Add your email address" failed=form_error.is_some() signed_in=Some(Place::Dashboard)>
            <p class="lead">{provider} " didn't share a confirmed email address. " {reason}</p>
            <PostForm action="/settings/email" return_to=Some(return_to) form_error>
                <EmailField autocomplete="email" value=email invalid=of_email(concern) />
                <Submit text="Send email" busy="Sending…" />
            </PostForm>
            <p class="fine-print">
                "We'll email you a link. Open it in this browser to confirm the address."
            </p>
            {(!required)
                .then(|| {
                    view! {
                        <p class="turns">
                            <a href=later>"Not now"</a>
                        </p>
                    }
                })}
        </CardPage>
    }
    .into_markup()
}
