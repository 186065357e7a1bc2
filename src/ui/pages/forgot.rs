//! `/forgot`: requests an email with a link to choose a new password.

use leptos::prelude::*;

use super::drawn;
use crate::ui::{
    components::{
        card_page::CardPage,
        field::{EmailField, of_email},
        form::{PostForm, Submit},
    },
    links,
    markup::{IntoMarkup, Markup},
    view::ForgotView,
    wording,
};

#[component]
pub fn ForgotPage() -> Markup {
    drawn(draw)
}

fn draw(forgot: ForgotView) -> Markup {
    let ForgotView { return_to, email, form_error } = forgot;
    let concern = form_error.map(wording::concern);
    view! {
        <CardPage title="Forgot your password" heading="Forgot your password?" failed=form_error.is_some()>
            <p class="lead">"Enter your email address, and we'll send you a link to choose a new password."</p>
            <PostForm action="/auth/password/forgot" return_to=return_to.clone() form_error>
                <EmailField value=email invalid=of_email(concern) />
                <Submit text="Send email" busy="Sending…" />
            </PostForm>
            <div class="prose is-quiet">
                <h2>"Can't get in that way?"</h2>
                <ul>
                    <li>
                        "If you can't open that mailbox any more, sign in another way, and change your email address in the settings."
                    </li>
                    <li>
                        "If you sign in with Google or another provider, our email says so. If you've lost that account, recover it there first."
                    </li>
                    <li>"If nothing works, contact the site's administrator."</li>
                </ul>
            </div>
            <p class="turns">
                <a href=links::login(return_to.as_deref())>"Back to sign in"</a>
            </p>
        </CardPage>
    }
    .into_markup()
}
