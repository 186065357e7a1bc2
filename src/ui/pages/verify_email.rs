//! `/verify-email`: where the link in a sign-up's email leads. Opening it changes nothing yet.

use leptos::prelude::*;

use super::drawn;
use crate::{
    codes::form_error::FormError,
    ui::{
        components::{
            card_page::CardPage,
            expired_link,
            field::{PasswordField, of_password},
            form::{PostForm, Submit, UserName, hidden},
            notice::NoticeBox,
            timestamp::Timestamp,
        },
        islands::local_time::LocalTimes,
        markup::{IntoMarkup, Markup},
        view::{EmailLink, EmailLinkView},
        wording::{self, Message},
    },
};

#[component]
pub fn VerifyEmailPage() -> Markup {
    drawn(draw)
}

fn draw(view: EmailLinkView) -> Markup {
    let EmailLinkView { link, form_error, signed_in, .. } = view;
    let Some(EmailLink::SignUp { email, asked_here, asked_at }) = link else {
        return expired_link(signed_in);
    };
    let step = if asked_here { finish(email.clone(), form_error) } else { finish_elsewhere(email.clone(), form_error) };
    view! {
        <CardPage title="Confirm your email address" heading="Confirm your email address" failed=form_error.is_some()>
            <p class="lead">"Someone signed up with " <strong>{email}</strong> " on " <Timestamp unix=asked_at /></p>
            <LocalTimes />
            {step}
        </CardPage>
    }
    .into_markup()
}

/// In the browser that started the sign-up.
fn finish(email: String, form_error: Option<FormError>) -> Markup {
    view! {
        <PostForm action="/auth/email/verify" form_error>
            {hidden("username", email)}
            <Submit text="Finish sign-up" busy="Finishing…" />
        </PostForm>
        <p class="fine-print">"Wasn't you? Close this page, and no account will be created."</p>
    }
    .into_markup()
}

/// In another browser. An attacker may have signed up with this address and a password that only they know, so the owner of
/// the address must know the password, or choose a new one.
fn finish_elsewhere(email: String, form_error: Option<FormError>) -> Markup {
    // There is no account yet whose password could be reset: the next step is below the form.
    let notice = form_error.map(|form_error| {
        let message = Message { step: None, ..wording::form_error(form_error, None) };
        view! { <NoticeBox message alert=true /> }
    });
    view! {
        <div class="prose">
            <p>
                "This sign-up was started in another browser, so please enter its password. If this wasn't you, close this page, and no account will be created."
            </p>
        </div>
        <PostForm action="/auth/email/verify">
            {notice}
            <UserName value=email />
            <PasswordField
                label="Password you chose at sign-up"
                invalid=of_password(form_error.map(wording::concern))
            />
            <Submit text="Finish sign-up" busy="Finishing…" />
        </PostForm>
        <p class="turns">
            <a href="/reset-password">"I don't know the password – choose a new one"</a>
        </p>
    }
    .into_markup()
}

fn expired_link(signed_in: Option<String>) -> Markup {
    expired_link::expired_link(
        signed_in,
        "It was already used, it's more than 24 hours old, or a newer email replaced it. If you used it yourself, your account is ready: just sign in.",
        ("Sign in", "/login"),
        &[("Sign up again", "/signup"), ("Forgot your password?", "/forgot")],
    )
}
