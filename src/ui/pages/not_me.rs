//! `/not-me`: ends a session, from the link in the email that announced its sign-in.

use leptos::prelude::*;

use super::drawn;
use crate::{
    codes::settings_page::SettingsPage,
    ui::{
        components::{
            card_page::CardPage,
            expired_link,
            form::{PostForm, Submit, hidden},
            timestamp::Timestamp,
        },
        markup::{IntoMarkup, Markup},
        view::{EmailLink, EmailLinkView},
    },
};

#[component]
pub fn NotMePage() -> Markup {
    drawn(draw)
}

fn draw(view: EmailLinkView) -> Markup {
    let EmailLinkView { link, form_error, undone, .. } = view;
    if undone {
        return ended();
    }
    let Some(EmailLink::NotMe { email, device, ip, at }) = link else {
        return expired_link();
    };
    let named = email.clone();
    let from = ip.map(|ip| format!(" (IP address: {ip})"));
    view! {
        <CardPage title="End this session" heading="Wasn't you?" failed=form_error.is_some()>
            <div class="prose">
                <p>
                    "Someone signed in to the account of " <strong>{email}</strong> " from " <strong>{device}</strong>
                    {from} " on " <Timestamp unix=at /> "."
                </p>
                <p>"If you end this session:"</p>
                <ul>
                    <li>"That browser or app is signed out."</li>
                    <li>"No browser skips two-step verification any longer."</li>
                    <li>"You stay signed in everywhere else."</li>
                </ul>
            </div>
            <PostForm action="/auth/not-me" form_error>
                {hidden("username", named)}
                <Submit text="This wasn't me" busy="Ending…" look="button is-grave" />
            </PostForm>
            <p class="fine-print">"If this was you, close this page; nothing changes."</p>
        </CardPage>
    }
    .into_markup()
}

/// The thief still knows how to sign in.
fn ended() -> Markup {
    view! {
        <CardPage title="The session has ended" heading="That session has ended">
            <div class="prose">
                <p>"The person who signed in there can do so again until you do this:"</p>
                <ol>
                    <li>"Choose a new password. You're then signed out on all other devices."</li>
                    <li>"Sign in, and look through your devices and ways to sign in."</li>
                    <li>"If it was with another account, such as Google, secure that account, too."</li>
                </ol>
            </div>
            <a class="button" href="/forgot">
                "Choose a new password"
            </a>
            <p class="turns">
                <a href=SettingsPage::Security.path()>"See your devices and ways to sign in"</a>
            </p>
        </CardPage>
    }
    .into_markup()
}

fn expired_link() -> Markup {
    expired_link::expired_link(
        None,
        "It was already used, or it's more than seven days old. If you don't recognise a sign-in to your account, choose a new password and check your devices.",
        ("Choose a new password", "/forgot"),
        &[("See your devices", SettingsPage::Security.path())],
    )
}
