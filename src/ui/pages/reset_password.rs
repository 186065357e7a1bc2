//! `/reset-password`: choose a new password, after it was forgotten or instead of the one chosen at sign-up.

use leptos::prelude::*;

use super::drawn;
use crate::codes::done::Done;
use crate::ui::{
    components::{
        card_page::CardPage,
        expired_link,
        field::{NewPasswordField, of_password},
        form::{PostForm, Submit, UserName},
        notice::NoticeBox,
    },
    markup::{IntoMarkup, Markup},
    view::{EmailLink, EmailLinkView},
    wording,
};

#[component]
pub fn ResetPasswordPage() -> Markup {
    drawn(draw)
}

fn draw(view: EmailLinkView) -> Markup {
    let EmailLinkView { link, form_error, undone, signed_in } = view;
    let (email, then) = match link {
        Some(EmailLink::Reset { email }) => (email, "You'll be signed out on all other devices."),
        Some(EmailLink::SignUp { email, .. }) => (email, "This replaces the password chosen at sign-up."),
        Some(EmailLink::EmailChange { .. } | EmailLink::NotMe { .. } | EmailLink::Undo { .. }) | None => {
            return expired_link(signed_in);
        }
    };
    view! {
        <CardPage title="Choose a new password" heading="Choose a new password" failed=form_error.is_some()>
            {undone
                .then(|| {
                    view! { <NoticeBox message=wording::done(Done::Undone, None) alert=false /> }
                })}
            <p class="lead">"For " <strong>{email.clone()}</strong></p>
            <PostForm action="/auth/password/reset" form_error>
                <UserName value=email />
                <NewPasswordField invalid=of_password(form_error.map(wording::concern)) />
                <Submit text="Save password" busy="Saving…" />
            </PostForm>
            <p class="fine-print">{then}</p>
        </CardPage>
    }
    .into_markup()
}

fn expired_link(signed_in: Option<String>) -> Markup {
    expired_link::expired_link(
        signed_in,
        "It was already used, it's more than 30 minutes old, or you used another one. Your account is safe.",
        ("Request a new email", "/forgot"),
        &[("Sign in", "/login"), ("Create an account", "/signup")],
    )
}
