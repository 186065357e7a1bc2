//! `/confirm-email`: where the link in an email to a new address leads.

use leptos::prelude::*;

use super::drawn;
use crate::{
    codes::form_error::FormError,
    ui::{
        components::{
            card_page::CardPage,
            expired_link,
            form::{FormErrorNotice, PostForm, Submit, hidden},
        },
        markup::{IntoMarkup, Markup},
        view::{EmailLink, EmailLinkView},
    },
};

#[component]
pub fn ConfirmEmailPage() -> Markup {
    drawn(draw)
}

fn draw(view: EmailLinkView) -> Markup {
    let EmailLinkView { link, form_error, signed_in, .. } = view;
    let Some(EmailLink::EmailChange { email, asked_here }) = link else {
        return expired_link(signed_in);
    };
    let step = if asked_here { confirm(email.clone(), form_error) } else { elsewhere(form_error) };
    view! {
        <CardPage title="Confirm your new email address" heading="Confirm your new email address" failed=form_error.is_some()>
            <p class="lead">"Someone asked to use " <strong>{email}</strong> " for their account."</p>
            {step}
        </CardPage>
    }
    .into_markup()
}

fn confirm(email: String, form_error: Option<FormError>) -> Markup {
    view! {
        <PostForm action="/auth/email/change/confirm" form_error>
            {hidden("username", email)}
            <Submit text="Use this address" busy="Changing…" />
        </PostForm>
        <p class="fine-print">"If you had another address, we'll email it a link to undo this within seven days."</p>
    }
    .into_markup()
}

/// Only the account that requested the change may confirm it: otherwise an attacker could get the owner of an address to
/// add it to the attacker's account.
fn elsewhere(form_error: Option<FormError>) -> Markup {
    view! {
        <FormErrorNotice form_error />
        <div class="prose">
            <p>
                "Sign in to the account that requested this in this browser, then open the link again. If this wasn't you, close this page; nothing changes."
            </p>
        </div>
        <a class="button" href="/login">
            "Sign in"
        </a>
    }
    .into_markup()
}

fn expired_link(signed_in: Option<String>) -> Markup {
    expired_link::expired_link(
        signed_in,
        "It was already used, it's more than 24 hours old, or a newer email replaced it. Your settings show your current address.",
        ("Go to settings", "/settings"),
        &[("Request a new email", "/settings/email")],
    )
}
