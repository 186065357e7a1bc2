//! `/forgot`: a letter with a link to a new password is asked for.

use leptos::prelude::*;

use super::drawn;
use crate::ui::{
    components::{
        card_page::CardPage,
        field::{EmailField, of_email},
        form::{PostForm, Submit},
    },
    links,
    view::ForgotView,
    wording,
};

/// The page, drawn from the [`ForgotView`] in the context.
#[component]
pub fn ForgotPage() -> impl IntoView {
    drawn(draw)
}

fn draw(forgot: ForgotView) -> AnyView {
    let ForgotView { return_to, email, form_error } = forgot;
    let concern = form_error.map(wording::concern);
    view! {
        <CardPage title="Forgot your password" heading="Forgot your password?" failed=form_error.is_some()>
            <p class="lead">"Tell us your address. We send a letter with a link to a new one."</p>
            <PostForm action="/auth/password/forgot" return_to=return_to.clone() form_error>
                <EmailField value=email troubled=of_email(concern) />
                <Submit text="Send the letter" busy="Sending…" />
            </PostForm>
            <p class="turns">
                <a href=links::login(return_to.as_deref())>"Back to the sign-in"</a>
            </p>
        </CardPage>
    }
    .into_any()
}
