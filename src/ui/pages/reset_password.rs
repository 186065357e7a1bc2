//! `/reset-password`: a letter's link leads to a new password, after it was forgotten or instead of the one that somebody
//! chose at the sign-up.

use leptos::prelude::*;

use super::drawn;
use crate::codes::outcome::Done;
use crate::ui::{
    components::{
        card_page::CardPage,
        expired_link,
        field::{NewPasswordField, of_password},
        form::{PostForm, Submit, UserName},
        notice::NoticeBox,
    },
    view::{EmailLink, EmailLinkView},
    wording,
};

/// The page, drawn from the [`EmailLinkView`] in the context.
#[component]
pub fn ResetPasswordPage() -> impl IntoView {
    drawn(draw)
}

fn draw(view: EmailLinkView) -> AnyView {
    let EmailLinkView { link, form_error, undone } = view;
    let (email, then) = match link {
        Some(EmailLink::Reset { email }) => (email, "Every other browser is signed out of the account."),
        Some(EmailLink::SignUp { email, .. }) => (email, "The one that was chosen at the sign-up counts no more."),
        Some(EmailLink::EmailChange { .. } | EmailLink::Undo { .. }) | None => return expired_link(),
    };
    view! {
        <CardPage title="Choose a new password" heading="Choose a new password" failed=form_error.is_some()>
            {undone
                .then(|| {
                    view! { <NoticeBox telling=wording::done(Done::Undone, None) alert=false /> }
                })}
            <p class="lead">"For " <strong>{email.clone()}</strong></p>
            <PostForm action="/auth/password/reset" form_error>
                <UserName value=email />
                <NewPasswordField troubled=of_password(form_error.map(wording::concern)) />
                <Submit text="Save the password" busy="Saving…" />
            </PostForm>
            <p class="fine-print">{then}</p>
        </CardPage>
    }
    .into_any()
}

/// The page of a link that counts no more.
fn expired_link() -> AnyView {
    expired_link::expired_link(
        "It was used, it is older than half an hour, or a newer letter replaced it. Your account is safe.",
        ("Ask for a new letter", "/forgot"),
        &[("Sign in", "/login"), ("Create an account", "/signup")],
    )
}
