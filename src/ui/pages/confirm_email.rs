//! `/confirm-email`: the link of a letter to a new address was followed.

use leptos::prelude::*;

use super::drawn;
use crate::{
    codes::outcome::FormError,
    ui::{
        components::{
            card_page::CardPage,
            expired_link,
            form::{FormErrorNotice, PostForm, Submit, hidden},
        },
        view::{EmailLink, EmailLinkView},
    },
};

/// The page, drawn from the [`EmailLinkView`] in the context.
#[component]
pub fn ConfirmEmailPage() -> impl IntoView {
    drawn(draw)
}

fn draw(view: EmailLinkView) -> AnyView {
    let EmailLinkView { link, form_error, .. } = view;
    let Some(EmailLink::EmailChange { email, asked_here }) = link else {
        return expired_link();
    };
    let step = if asked_here { confirm(email.clone(), form_error) } else { elsewhere(form_error) };
    view! {
        <CardPage title="Confirm your new address" heading="Confirm your new address" failed=form_error.is_some()>
            <p class="lead">"Somebody wants to use " <strong>{email}</strong> " for their account."</p>
            {step}
        </CardPage>
    }
    .into_any()
}

fn confirm(email: String, form_error: Option<FormError>) -> AnyView {
    view! {
        <PostForm action="/auth/email/change/confirm" form_error>
            {hidden("username", email)}
            <Submit text="Use this address" busy="Changing…" />
        </PostForm>
        <p class="fine-print">"An earlier address gets a letter with which this can be taken back for a week."</p>
    }
    .into_any()
}

/// Whoever has the letter must be the one who asked for it; else the address could be talked into somebody's account.
fn elsewhere(form_error: Option<FormError>) -> AnyView {
    view! {
        <FormErrorNotice form_error />
        <div class="prose">
            <p>
                "Sign in to the account that asked for it, in this browser, and open the letter again. If it was not you, do nothing: nothing will change."
            </p>
        </div>
        <a class="button" href="/login">
            "Sign in"
        </a>
    }
    .into_any()
}

/// The page of a link that counts no more.
fn expired_link() -> AnyView {
    expired_link::expired_link(
        "It was used, it is older than a day, or a newer letter replaced it. Your settings say which address your account has.",
        ("Go to the settings", "/settings#email"),
        &[("Ask for a new letter", "/settings/email")],
    )
}
