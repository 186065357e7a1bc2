//! `/settings/password`: a first password, or another one.

use leptos::prelude::*;

use crate::{
    codes::outcome::FormError,
    ui::{
        components::{
            card_page::Step,
            field::{NewPasswordField, of_password},
            form::{PostForm, Submit, UserName},
        },
        pages::drawn,
        view::SetPasswordView,
        wording,
    },
};

/// The page, drawn from the [`SetPasswordView`] in the context.
#[component]
pub fn SetPasswordPage() -> impl IntoView {
    drawn(draw)
}

fn draw(set: SetPasswordView) -> AnyView {
    let SetPasswordView { email, change, form_error } = set;
    let heading = if change { "Change your password" } else { "Set a password" };
    let failed = form_error.is_some();
    let body = match email {
        Some(email) => choose(email, change, form_error),
        None => address_first(),
    };
    view! {
        <Step title=heading heading failed>
            {body}
        </Step>
    }
    .into_any()
}

fn choose(email: String, change: bool, form_error: Option<FormError>) -> AnyView {
    let then = if change {
        "All other browsers are signed out, and a letter tells you of it."
    } else {
        "The ways that you have stay as they are. A letter tells you of it."
    };
    view! {
        <p class="lead">"You sign in with " <strong>{email.clone()}</strong> " and this password."</p>
        <PostForm action="/settings/password" form_error>
            <UserName value=email />
            <NewPasswordField label=if change { "New password" } else { "Password" } troubled=of_password(form_error.map(wording::concern)) />
            <Submit text="Save the password" busy="Saving…" />
        </PostForm>
        <p class="fine-print">{then}</p>
    }
    .into_any()
}

/// A password opens nothing without an address to type beside it, and is not recovered without a letter.
fn address_first() -> AnyView {
    view! {
        <p class="lead">"A password goes with a confirmed e-mail address, and you have none here yet."</p>
        <a class="button" href="/settings/email">
            "Add an address"
        </a>
    }
    .into_any()
}
