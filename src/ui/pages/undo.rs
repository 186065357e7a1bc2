//! `/undo`: reverts a change, from the link in the email that reported it.

use leptos::prelude::*;

use super::drawn;
use crate::ui::{
    components::{
        card_page::CardPage,
        expired_link,
        form::{PostForm, Submit, hidden},
    },
    markup::{IntoMarkup, Markup},
    view::{EmailLink, EmailLinkView, Undoing},
};

#[component]
pub fn UndoPage() -> Markup {
    drawn(draw)
}

fn draw(view: EmailLinkView) -> Markup {
    let EmailLinkView { link, form_error, .. } = view;
    let Some(EmailLink::Undo { what, email }) = link else {
        return expired_link();
    };
    let (was, becomes) = match what {
        Undoing::MethodAdded(label) => {
            (format!("{label} was added as a way to sign in."), format!("{label} is removed from your account."))
        }
        Undoing::PasskeyAdded => {
            ("A passkey was added to it.".into(), "That passkey, and any added after it, stop working.".into())
        }
        Undoing::SecondFactorChanged => (
            "Its two-step verification was turned on, changed or turned off.".into(),
            "If it was turned on within the last week, it is turned off again.".into(),
        ),
        Undoing::PasswordChanged => ("Its password was set or changed.".into(), "That password stops working.".into()),
        Undoing::EmailChanged => {
            ("Its email address was changed.".into(), format!("{email} is its email address again."))
        }
    };
    let named = email.clone();
    view! {
        <CardPage title="Undo this change" heading="Wasn't you?" failed=form_error.is_some()>
            <div class="prose">
                <p>"This is about the account of " <strong>{email}</strong> ". " {was}</p>
                <p>"If you undo this:"</p>
                <ul>
                    <li>{becomes}</li>
                    <li>"You are signed out on all devices."</li>
                    <li>"You choose a new password with a link that we email to this address."</li>
                </ul>
            </div>
            <PostForm action="/auth/undo" form_error>
                {hidden("username", named)}
                <Submit text="Undo this change" busy="Undoing…" look="button is-grave" />
            </PostForm>
            <p class="fine-print">"If this was you, close this page; nothing changes."</p>
        </CardPage>
    }
    .into_markup()
}

fn expired_link() -> Markup {
    expired_link::expired_link(
        None,
        "It was already used, or it's more than seven days old. If you don't recognise a change to your account, choose a new password and check your settings.",
        ("Choose a new password", "/forgot"),
        &[("Go to settings", "/settings")],
    )
}
