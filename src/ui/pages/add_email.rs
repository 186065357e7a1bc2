//! `/add-email`: the provider told no address that it vouches for, so the person is asked for one.

use leptos::prelude::*;

use super::drawn;
use crate::ui::{
    components::{
        card_page::CardPage,
        field::{EmailField, of_email},
        form::{PostForm, Submit},
        frame::Place,
    },
    view::AddEmailView,
    wording,
};

/// The page, drawn from the [`AddEmailView`] in the context.
#[component]
pub fn AddEmailPage() -> impl IntoView {
    drawn(draw)
}

fn draw(add: AddEmailView) -> AnyView {
    let AddEmailView { provider, email, required, return_to, form_error } = add;
    let concern = form_error.map(wording::concern);
    let why = if required {
        "This site needs one that is confirmed before you go on."
    } else {
        "With one you can get back in when you lose the other way, and you hear of changes to your account."
    };
    let later = return_to.clone();
    view! {
        <CardPage title="Add your e-mail address" heading="Add your e-mail address" failed=form_error.is_some() signed_in=Some(Place::Dashboard)>
            <p class="lead">{provider} " gave us no confirmed e-mail address. " {why}</p>
            <PostForm action="/settings/email" return_to=Some(return_to) form_error>
                <EmailField autocomplete="email" value=email troubled=of_email(concern) />
                <Submit text="Send me a letter" busy="Sending…" />
            </PostForm>
            <p class="fine-print">
                "We send a letter there. When you follow its link in this browser, the address is yours."
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
    .into_any()
}
