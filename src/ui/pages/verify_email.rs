//! `/verify-email`: the link of a sign-up's letter was followed. Opening it does nothing yet.

use leptos::prelude::*;

use super::drawn;
use crate::{
    codes::outcome::FormError,
    ui::{
        components::{
            card_page::CardPage,
            expired_link,
            field::{PasswordField, of_password},
            form::{PostForm, Submit, UserName, hidden},
            notice::NoticeBox,
            timestamp::Timestamp,
        },
        view::{EmailLink, EmailLinkView},
        wording::{self, Message},
    },
};

/// The page, drawn from the [`EmailLinkView`] in the context.
#[component]
pub fn VerifyEmailPage() -> impl IntoView {
    drawn(draw)
}

fn draw(view: EmailLinkView) -> AnyView {
    let EmailLinkView { link, form_error, .. } = view;
    let Some(EmailLink::SignUp { email, asked_here, asked_at }) = link else {
        return expired_link();
    };
    let step = if asked_here { finish(email.clone(), form_error) } else { show_who_you_are(email.clone(), form_error) };
    view! {
        <CardPage title="Confirm your address" heading="Confirm your address" failed=form_error.is_some()>
            <p class="lead">"Somebody signed up with " <strong>{email}</strong> " on " <Timestamp unix=asked_at /></p>
            {step}
        </CardPage>
    }
    .into_any()
}

/// The browser that asked is proof enough.
fn finish(email: String, form_error: Option<FormError>) -> AnyView {
    view! {
        <PostForm action="/auth/email/verify" form_error>
            {hidden("username", email)}
            <Submit text="Finish my account" busy="Finishing…" />
        </PostForm>
        <p class="fine-print">"It was not you? Close this page, and there will be no account."</p>
    }
    .into_any()
}

/// In any other browser the one who signed up may be somebody else, who knows a password that the owner of the address
/// does not: who has the letter must show that the password is theirs, or choose one.
fn show_who_you_are(email: String, form_error: Option<FormError>) -> AnyView {
    // There is no account yet whose password a letter could renew: the step is the one below the form.
    let notice = form_error.map(|form_error| {
        let telling = Message { step: None, ..wording::form_error(form_error, None) };
        view! { <NoticeBox telling alert=true /> }
    });
    view! {
        <div class="prose">
            <p>
                "It was in another browser, so we ask once more. If it was not you, do nothing: nobody gets in, and there will be no account."
            </p>
        </div>
        <PostForm action="/auth/email/verify">
            {notice}
            <UserName value=email />
            <PasswordField
                label="Type the password that you chose when you signed up"
                troubled=of_password(form_error.map(wording::concern))
            />
            <Submit text="Finish my account" busy="Finishing…" />
        </PostForm>
        <p class="turns">
            <a href="/reset-password">"I do not know it: choose a new one"</a>
        </p>
    }
    .into_any()
}

/// The page of a link that counts no more.
fn expired_link() -> AnyView {
    expired_link::expired_link(
        "It was used, it is older than a day, or a newer letter replaced it. If you used it yourself, your account is there: just sign in.",
        ("Sign in", "/login"),
        &[("Sign up again", "/signup"), ("Forgot your password?", "/forgot")],
    )
}
