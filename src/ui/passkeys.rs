//! The places where a passkey can be used, and the script that asks the browser.
//!
//! The script is no island: it is needed on few pages, and the browser's own interface does the work. Its texts are here,
//! rendered and hidden, so that the script holds none.

use leptos::{nonce::use_nonce, prelude::*};

use super::{
    components::mark::{PASSKEY, ProviderMark},
    markup::{IntoMarkup, Markup},
    view::{Assets, FormOwner},
};
use crate::codes::settings_page::SettingsPage;

/// Where passkeys are added and managed.
pub const PASSKEYS_PAGE: &str = SettingsPage::Security.path();

/// A button that begins a ceremony. It appears where there is a script and a browser with passkeys; elsewhere the page says
/// what is missing.
#[component]
pub fn PasskeyButton(
    /// A code of `account::PasskeyStep`.
    step: &'static str,
    text: &'static str,
    #[prop(default = "provider")] look: &'static str,
    #[prop(optional_no_strip)] return_to: Option<String>,
    /// This browser used one last.
    #[prop(optional)]
    last_used: bool,
    #[prop(optional_no_strip)] known: Option<KnownPasskeys>,
) -> impl IntoView {
    let owner = use_context::<FormOwner>().and_then(|FormOwner(owner)| owner());
    let note = last_used.then_some("passkey-note");
    let KnownPasskeys { rp, user, accepted, name, display_name } = known.unwrap_or_default();
    view! {
        <div
            class="passkey"
            data-passkey=step
            data-owner=owner
            data-return-to=return_to
            data-rp=rp
            data-user=user
            data-accepted=accepted
            data-name=name
            data-display-name=display_name
        >
            <button class=look type="button" hidden aria-describedby=note>
                <ProviderMark slug=PASSKEY.into() />
                <span>{text}</span>
            </button>
            {last_used
                .then(|| {
                    view! {
                        <div class="way-notes" id="passkey-note">
                            <span class="badge">"Last used"</span>
                        </div>
                    }
                })}
            {MESSAGES.map(message)}
            <noscript>
                <p class="fine-print">"Passkeys need JavaScript."</p>
            </noscript>
        </div>
        <PasskeyScript />
    }
    .into_markup()
}

/// Lets the password manager add a passkey by itself, after a sign-in with a password.
#[component]
pub fn PasskeyUpgrade() -> impl IntoView {
    let owner = use_context::<FormOwner>().and_then(|FormOwner(owner)| owner());
    view! {
        <div data-passkey="upgrade" data-owner=owner hidden></div>
        <PasskeyScript />
    }
}

/// What the site knows, for the password manager: it forgets passkeys that were removed here, and shows the account's present
/// name (WebAuthn §5.1.10).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KnownPasskeys {
    pub rp: Option<String>,
    /// The user handle, as base64url.
    pub user: Option<String>,
    /// Ids of credentials, separated by spaces.
    pub accepted: Option<String>,
    pub name: Option<String>,
    pub display_name: Option<String>,
}

/// By the code that the script knows.
const MESSAGES: [(&str, &str); 4] = [
    ("cancelled", "No passkey was used. Try again, or choose another way."),
    ("exists", "This device or password manager already has a passkey for your account."),
    ("failed", "That didn't work. Try again, or choose another way."),
    ("unsupported", "This browser doesn't support passkeys."),
];

fn message((code, text): (&'static str, &'static str)) -> Markup {
    view! {
        <p class="passkey-message" data-passkey-message=code tabindex="-1" hidden>
            {text}
        </p>
    }
    .into_markup()
}

#[component]
fn PasskeyScript() -> impl IntoView {
    let src = use_context::<Assets>().unwrap_or_default().passkeys;
    view! { <script type="module" src=src nonce=use_nonce()></script> }
}
