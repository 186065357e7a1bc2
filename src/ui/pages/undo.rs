//! `/undo`: "that was not me". A letter told of a change, and its link takes it back.

use leptos::prelude::*;

use super::drawn;
use crate::ui::{
    components::{
        card_page::CardPage,
        expired_link,
        form::{PostForm, Submit, hidden},
    },
    view::{EmailLink, EmailLinkView, Undoing},
};

/// The page, drawn from the [`EmailLinkView`] in the context.
#[component]
pub fn UndoPage() -> impl IntoView {
    drawn(draw)
}

fn draw(view: EmailLinkView) -> AnyView {
    let EmailLinkView { link, form_error, .. } = view;
    let Some(EmailLink::Undo { what, email }) = link else {
        return expired_link();
    };
    let (was, becomes) = match what {
        Undoing::MethodAdded(label) => {
            (format!("{label} was added as a way into it."), format!("{label} opens your account no more."))
        }
        Undoing::PasswordChanged => {
            ("Its password was set or changed.".into(), "That password opens your account no more.".into())
        }
        Undoing::EmailChanged => ("Its e-mail address was changed.".into(), format!("{email} is its address again.")),
    };
    let named = email.clone();
    view! {
        <CardPage title="Take it back" heading="It was not you?" failed=form_error.is_some()>
            <div class="prose">
                <p>"This is about the account of " <strong>{email}</strong> ". " {was}</p>
                <p>"If you take it back:"</p>
                <ul>
                    <li>{becomes}</li>
                    <li>"Every browser is signed out, whoever sits there."</li>
                    <li>"You choose a new password, by a letter to this address, to get back in."</li>
                </ul>
            </div>
            <PostForm action="/auth/undo" form_error>
                {hidden("username", named)}
                <Submit text="Take it back" busy="Taking it back…" look="button is-grave" />
            </PostForm>
            <p class="fine-print">"It was you? Close this page; everything stays."</p>
        </CardPage>
    }
    .into_any()
}

/// The page of a link that counts no more.
fn expired_link() -> AnyView {
    expired_link::expired_link(
        "It was used, or it is older than a week. If you do not know what happened to your account, choose a new password and look at your settings.",
        ("Choose a new password", "/forgot"),
        &[("Go to the settings", "/settings")],
    )
}
