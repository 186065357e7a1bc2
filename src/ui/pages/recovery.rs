//! `/recovery`: leads through what to do when something that one signs in with is lost.

use leptos::prelude::*;

use super::drawn;
use crate::ui::{
    components::card_page::CardPage,
    markup::{IntoMarkup, Markup},
    view::RecoveryView,
};

#[component]
pub fn RecoveryPage() -> Markup {
    drawn(draw)
}

/// A question, what helps, and the link that does it.
type Way = (&'static str, &'static str, Option<(&'static str, &'static str)>);

const PHONE: Way = (
    "I've lost my phone",
    "Where we ask for a code, type one of your recovery codes, or use a passkey. A browser that you've trusted doesn't ask. Then replace your authenticator app in the settings.",
    Some(("Sign in", "/login")),
);
const PASSKEY: Way = (
    "I've lost a passkey",
    "Sign in another way, and remove the passkey in the settings. If you have no other way, choose a password by email.",
    Some(("Choose a password", "/forgot")),
);
const PASSWORD: Way =
    ("I've forgotten my password", "We email you a link to a new one.", Some(("Choose a new password", "/forgot")));
const MAILBOX: Way = (
    "I can't read my email any more",
    "If you can still sign in, change your email address in the settings. We tell the old address, too.",
    Some(("Change your email address", "/settings/email")),
);
const PROVIDER: Way = (
    "I've lost the account that I sign in with",
    "Recover it with its provider. Or sign in another way, and unlink it in the settings.",
    Some(("Sign in another way", "/login")),
);
const NOTHING: Way = (
    "None of this helps",
    "Write to the people who run this site. They'll make sure that it's you before they change anything, and we'll email you about it.",
    None,
);

fn draw(view: RecoveryView) -> Markup {
    let RecoveryView { password, passkeys, second_factor } = view;
    let ways = [
        second_factor.then_some(PHONE),
        passkeys.then_some(PASSKEY),
        password.then_some(PASSWORD),
        Some(MAILBOX),
        Some(PROVIDER),
        Some(NOTHING),
    ];
    let sections: Vec<_> = ways.into_iter().flatten().map(section).collect();
    view! {
        <CardPage title="Can't sign in?" heading="Can't sign in?">
            <p class="lead">"What have you lost?"</p>
            {sections}
            <p class="turns">
                <a href="/login">"Back to sign in"</a>
            </p>
        </CardPage>
    }
    .into_markup()
}

fn section((question, answer, step): Way) -> Markup {
    view! {
        <details class="recovery">
            <summary>{question}</summary>
            <div class="prose">
                <p>{answer}</p>
                {step
                    .map(|(text, href)| {
                        view! {
                            <p>
                                <a href=href>{text}</a>
                            </p>
                        }
                    })}
            </div>
        </details>
    }
    .into_markup()
}
