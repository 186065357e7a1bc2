//! `/verify-email`: the link of a sign-up's letter was followed. Opening it does nothing yet.

use leptos::prelude::*;

use super::drawn;
use crate::{
    codes::outcome::Trouble,
    ui::{
        components::{
            field::{PasswordField, of_password},
            form::{PostForm, Submit, UserName, hidden},
            moment::Moment,
            notice::NoticeBox,
            sheet::Sheet,
            worn_out,
        },
        view::{LetterLink, LetterLinkView},
        wording::{self, Telling},
    },
};

/// The page, drawn from the [`LetterLinkView`] in the context.
#[component]
pub fn VerifyEmailPage() -> impl IntoView {
    drawn(draw)
}

fn draw(view: LetterLinkView) -> AnyView {
    let LetterLinkView { link, trouble, .. } = view;
    let Some(LetterLink::SignUp { email, asked_here, asked_at }) = link else {
        return worn_out();
    };
    let step = if asked_here { finish(email.clone(), trouble) } else { show_who_you_are(email.clone(), trouble) };
    view! {
        <Sheet title="Confirm your address" heading="Confirm your address" failed=trouble.is_some()>
            <p class="lead">"Somebody signed up with " <strong>{email}</strong> " on " <Moment unix=asked_at /></p>
            {step}
        </Sheet>
    }
    .into_any()
}

/// The browser that asked is proof enough.
fn finish(email: String, trouble: Option<Trouble>) -> AnyView {
    view! {
        <PostForm action="/auth/email/verify" trouble>
            {hidden("username", email)}
            <Submit text="Finish my account" busy="Finishing…" />
        </PostForm>
        <p class="fine-print">"It was not you? Close this page, and there will be no account."</p>
    }
    .into_any()
}

/// In any other browser the one who signed up may be somebody else, who knows a password that the owner of the address
/// does not: who has the letter must show that the password is theirs, or choose one.
fn show_who_you_are(email: String, trouble: Option<Trouble>) -> AnyView {
    // There is no account yet whose password a letter could renew: the step is the one below the form.
    let notice = trouble.map(|trouble| {
        let telling = Telling { step: None, ..wording::trouble(trouble, None) };
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
                troubled=of_password(trouble.map(wording::concern))
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
fn worn_out() -> AnyView {
    worn_out::worn_out(
        "It was used, it is older than a day, or a newer letter replaced it. If you used it yourself, your account is there: just sign in.",
        ("Sign in", "/login"),
        &[("Sign up again", "/signup"), ("Forgot your password?", "/forgot")],
    )
}
