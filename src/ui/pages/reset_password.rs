//! `/reset-password`: a letter's link leads to a new password, after it was forgotten or instead of the one that somebody
//! chose at the sign-up.

use leptos::prelude::*;

use super::drawn;
use crate::codes::outcome::Done;
use crate::ui::{
    components::{
        field::{NewPasswordField, of_password},
        form::{PostForm, Submit, UserName},
        notice::NoticeBox,
        sheet::Sheet,
        worn_out,
    },
    view::{LetterLink, LetterLinkView},
    wording,
};

/// The page, drawn from the [`LetterLinkView`] in the context.
#[component]
pub fn ResetPasswordPage() -> impl IntoView {
    drawn(draw)
}

fn draw(view: LetterLinkView) -> AnyView {
    let LetterLinkView { link, trouble, undone } = view;
    let (email, then) = match link {
        Some(LetterLink::Reset { email }) => (email, "Every other browser is signed out of the account."),
        Some(LetterLink::SignUp { email, .. }) => (email, "The one that was chosen at the sign-up counts no more."),
        Some(LetterLink::EmailChange { .. } | LetterLink::Undo { .. }) | None => return worn_out(),
    };
    view! {
        <Sheet title="Choose a new password" heading="Choose a new password" failed=trouble.is_some()>
            {undone
                .then(|| {
                    view! { <NoticeBox telling=wording::done(Done::Undone, None) alert=false /> }
                })}
            <p class="lead">"For " <strong>{email.clone()}</strong></p>
            <PostForm action="/auth/password/reset" trouble>
                <UserName value=email />
                <NewPasswordField troubled=of_password(trouble.map(wording::concern)) />
                <Submit text="Save the password" busy="Saving…" />
            </PostForm>
            <p class="fine-print">{then}</p>
        </Sheet>
    }
    .into_any()
}

/// The page of a link that counts no more.
fn worn_out() -> AnyView {
    worn_out::worn_out(
        "It was used, it is older than half an hour, or a newer letter replaced it. Your account is safe.",
        ("Ask for a new letter", "/forgot"),
        &[("Sign in", "/login"), ("Create an account", "/signup")],
    )
}
