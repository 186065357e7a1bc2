//! `/forgot`: a letter with a link to a new password is asked for.

use leptos::prelude::*;

use super::drawn;
use crate::ui::{
    components::{
        field::{EmailField, of_email},
        form::{PostForm, Submit},
        sheet::Sheet,
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
    let ForgotView { return_to, email, trouble } = forgot;
    let concern = trouble.map(wording::concern);
    view! {
        <Sheet title="Forgot your password" heading="Forgot your password?" failed=trouble.is_some()>
            <p class="lead">"Tell us your address. We send a letter with a link to a new one."</p>
            <PostForm action="/auth/password/forgot" return_to=return_to.clone() trouble>
                <EmailField value=email troubled=of_email(concern) />
                <Submit text="Send the letter" busy="Sending…" />
            </PostForm>
            <p class="turns">
                <a href=links::login(return_to.as_deref())>"Back to the sign-in"</a>
            </p>
        </Sheet>
    }
    .into_any()
}
