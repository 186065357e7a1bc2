//! `/confirm-email`: the link of a letter to a new address was followed.

use leptos::prelude::*;

use super::drawn;
use crate::{
    codes::outcome::Trouble,
    ui::{
        components::{
            form::{PostForm, Submit, TroubleBox, hidden},
            sheet::Sheet,
            worn_out,
        },
        view::{LetterLink, LetterLinkView},
    },
};

/// The page, drawn from the [`LetterLinkView`] in the context.
#[component]
pub fn ConfirmEmailPage() -> impl IntoView {
    drawn(draw)
}

fn draw(view: LetterLinkView) -> AnyView {
    let LetterLinkView { link, trouble, .. } = view;
    let Some(LetterLink::EmailChange { email, asked_here }) = link else {
        return worn_out();
    };
    let step = if asked_here { confirm(email.clone(), trouble) } else { elsewhere(trouble) };
    view! {
        <Sheet title="Confirm your new address" heading="Confirm your new address" failed=trouble.is_some()>
            <p class="lead">"Somebody wants to use " <strong>{email}</strong> " for their account."</p>
            {step}
        </Sheet>
    }
    .into_any()
}

fn confirm(email: String, trouble: Option<Trouble>) -> AnyView {
    view! {
        <PostForm action="/auth/email/change/confirm" trouble>
            {hidden("username", email)}
            <Submit text="Use this address" busy="Changing…" />
        </PostForm>
        <p class="fine-print">"An earlier address gets a letter with which this can be taken back for a week."</p>
    }
    .into_any()
}

/// Whoever has the letter must be the one who asked for it; else the address could be talked into somebody's account.
fn elsewhere(trouble: Option<Trouble>) -> AnyView {
    view! {
        <TroubleBox trouble />
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
fn worn_out() -> AnyView {
    worn_out::worn_out(
        "It was used, it is older than a day, or a newer letter replaced it. Your settings say which address your account has.",
        ("Go to the settings", "/settings#email"),
        &[("Ask for a new letter", "/settings/email")],
    )
}
