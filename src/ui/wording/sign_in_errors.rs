//! Why a sign-in with a provider failed.

use super::{Message, Step, Tone};
use crate::{
    codes::sign_in_error::SignInError,
    ui::{
        links,
        view::{LoginView, ProviderButton},
    },
};

/// The provider with services to connect.
const CONNECTABLE: &str = "google";

/// Links only to configured providers, never to anything from the query.
pub fn of_a_sign_in(sign_in_error: SignInError, label: Option<&str>, slug: Option<&str>, login: &LoginView) -> Message {
    let method = slug.and_then(|slug| login.providers.iter().find(|method| method.slug == slug));
    let label = method.map(|method| method.label.as_str()).or(label);
    let who = label.unwrap_or("The provider");
    let with = label.map(|label| format!(" with {label}")).unwrap_or_default();
    let (tone, happened, advice, next) = match sign_in_error {
        SignInError::Cancelled => (
            Tone::Mild,
            format!("You cancelled the sign-in{with}."),
            "Nothing was shared. You can try again at any time.",
            Next::Again,
        ),
        SignInError::FlowExpired => (
            Tone::Mild,
            format!("The sign-in{with} timed out."),
            "You have ten minutes to sign in. Please start again.",
            Next::Again,
        ),
        SignInError::FlowUnknown => (
            Tone::Mild,
            "This sign-in was started in another browser.".into(),
            "Start again here, and make sure that cookies are allowed.",
            Next::Again,
        ),
        SignInError::FlowUsed => (
            Tone::Mild,
            "This sign-in has already been used.".into(),
            "Each sign-in works once. Please start again.",
            Next::Again,
        ),
        SignInError::ResponseMismatch => (
            Tone::Serious,
            "The response doesn't match the sign-in you started.".into(),
            "You weren't signed in. If someone sent you a link to this page, close it. Otherwise, start again.",
            Next::Again,
        ),
        SignInError::InteractionRequired => (
            Tone::Mild,
            format!("{who} needs more information before you can sign in."),
            "Continue there and answer its questions.",
            Next::Again,
        ),
        SignInError::SiteMisconfigured => (
            Tone::Serious,
            format!("This site isn't set up correctly for {}.", label.unwrap_or("the provider")),
            "It isn't your account. Sign in another way, or tell the site's administrator.",
            Next::Again,
        ),
        SignInError::ProviderRefused => (
            Tone::Serious,
            format!("{who} declined the sign-in."),
            "Try again, or use another account.",
            Next::AnotherAccount,
        ),
        SignInError::ProviderUnavailable => {
            (Tone::Mild, format!("{who} isn't responding right now."), "Wait a minute, then try again.", Next::Again)
        }
        SignInError::ProviderMetadata => (
            Tone::Serious,
            format!("We couldn't use the configuration that {} publishes.", label.unwrap_or("the provider")),
            TRY_LATER,
            Next::Again,
        ),
        SignInError::ProviderKeys => (
            Tone::Serious,
            format!("We couldn't use the signing keys that {} publishes.", label.unwrap_or("the provider")),
            TRY_LATER,
            Next::Again,
        ),
        SignInError::ProviderAlgorithm => (
            Tone::Serious,
            format!("{who} signs its responses in a way that this site doesn't accept."),
            "It isn't your account. Sign in another way, or tell the site's administrator.",
            Next::Again,
        ),
        SignInError::ProviderResponse => (
            Tone::Serious,
            format!("{who} sent a response that we couldn't read."),
            "You weren't signed in. Try again. If it keeps happening, contact the site's administrator.",
            Next::Again,
        ),
        SignInError::ProviderInvalid => (
            Tone::Serious,
            format!("We couldn't verify the response{}.", label.map(|l| format!(" from {l}")).unwrap_or_default()),
            "You weren't signed in. Try again. If it keeps happening, contact the site's administrator.",
            Next::Again,
        ),
        SignInError::ReauthenticationUnsupported => (
            Tone::Mild,
            format!("{who} can't confirm that you signed in there just now."),
            "You weren't signed in. Try again, or sign in another way.",
            Next::Again,
        ),
        SignInError::LinkRequired => (
            Tone::Mild,
            "There's already an account with this email address.".into(),
            "Sign in the way you did before, or use another account.",
            Next::AnotherAccount,
        ),
        SignInError::NotPermitted => (
            Tone::Mild,
            "This site only accepts accounts from one organisation.".into(),
            "Sign in with your account at that organisation.",
            Next::AnotherAccount,
        ),
        SignInError::SignUpClosed => (
            Tone::Mild,
            "There's no account here for that sign-in, and new ones aren't being created.".into(),
            "If you have an account, sign in the way you did before.",
            Next::AnotherAccount,
        ),
        SignInError::InvitationRequired => (
            Tone::Mild,
            "New accounts need an invitation.".into(),
            "If you have one, open the link in its email first, and use the address that it was sent to. Otherwise, ask the site's administrator.",
            Next::AnotherAccount,
        ),
        SignInError::EmailNotPermitted => (
            Tone::Mild,
            "New accounts need an email address of an organisation that this site accepts.".into(),
            "Use your account there, or sign up with that address and a password.",
            Next::AnotherAccount,
        ),
        SignInError::AccountDisabled => (
            Tone::Serious,
            "This account is disabled.".into(),
            "Contact the site's administrator, or use another account.",
            Next::AnotherAccount,
        ),
        SignInError::ServerError => (
            Tone::Serious,
            "Something went wrong on our side.".into(),
            "You weren't signed in. Try again in a moment.",
            Next::Again,
        ),
    };
    Message {
        tone,
        happened,
        advice: advice.into(),
        step: method.map(|method| next.step(method, login.return_to.as_deref())),
    }
}

/// For a person who is signed in and was at a provider to re-authenticate or to link it. The page offers the next steps.
pub fn of_a_round_trip(sign_in_error: SignInError, label: Option<&str>) -> Message {
    let who = label.unwrap_or("The provider");
    let (tone, happened, advice) = match sign_in_error {
        SignInError::Cancelled => {
            (Tone::Mild, format!("You cancelled at {}.", label.unwrap_or("the provider")), "Nothing changed.")
        }
        SignInError::FlowExpired => {
            (Tone::Mild, format!("The request to {who} timed out."), "Start again from this page.")
        }
        SignInError::FlowUnknown | SignInError::FlowUsed => {
            (Tone::Mild, "This attempt is no longer valid.".into(), "Start again from this page.")
        }
        SignInError::ResponseMismatch => (
            Tone::Serious,
            "The response doesn't match what you started.".into(),
            "Nothing changed. If someone sent you a link to this page, close it.",
        ),
        SignInError::InteractionRequired => {
            (Tone::Mild, format!("{who} needs more information first."), "Continue there and answer its questions.")
        }
        SignInError::SiteMisconfigured | SignInError::ProviderAlgorithm => (
            Tone::Serious,
            format!("This site isn't set up correctly for {}.", label.unwrap_or("the provider")),
            "Nothing changed. It isn't your account: use another way to sign in, or tell the site's administrator.",
        ),
        SignInError::ProviderRefused => (
            Tone::Serious,
            format!("{who} declined the request."),
            "Nothing changed. Try again, or use another way to sign in.",
        ),
        SignInError::ProviderUnavailable => {
            (Tone::Mild, format!("{who} isn't responding right now."), "Wait a minute, or use another way to sign in.")
        }
        SignInError::ProviderMetadata | SignInError::ProviderKeys | SignInError::ProviderResponse => (
            Tone::Serious,
            format!("{who} sent something that we couldn't use."),
            "Nothing changed. If it keeps happening, contact the site's administrator.",
        ),
        SignInError::ProviderInvalid => (
            Tone::Serious,
            format!("We couldn't verify the response from {}.", label.unwrap_or("the provider")),
            "Nothing changed. If it keeps happening, contact the site's administrator.",
        ),
        SignInError::ReauthenticationUnsupported => (
            Tone::Mild,
            format!("{who} can't confirm that you signed in there just now: it doesn't say when you did."),
            "Nothing changed. Confirm it another way, such as with a code by email.",
        ),
        SignInError::LinkRequired
        | SignInError::NotPermitted
        | SignInError::SignUpClosed
        | SignInError::InvitationRequired
        | SignInError::EmailNotPermitted => {
            (Tone::Mild, "That account can't be used here.".into(), "Nothing changed. Choose another one.")
        }
        SignInError::AccountDisabled => {
            (Tone::Serious, "This account is disabled.".into(), "Contact the site's administrator.")
        }
        SignInError::ServerError => {
            (Tone::Serious, "Something went wrong on our side.".into(), "Nothing changed. Try again in a moment.")
        }
    };
    Message { tone, happened, advice: advice.into(), step: None }
}

/// Signing out ends neither the provider's own session nor connected services, which matters on a shared device.
pub fn signed_out(login: &LoginView) -> Message {
    let method = match login.providers.as_slice() {
        [only] => Some(only),
        several => several.iter().find(|method| method.last_used),
    };
    let (advice, step) = match method {
        _ if login.password_last_used => ("Other devices stay signed in.".into(), None),
        Some(method) => (
            format!(
                "You're still signed in to {0} in this browser. On a shared device, sign out of {0} too.",
                method.label
            ),
            // Without an account chooser the link would sign the same person straight back in.
            method.lets_choose.then(|| Next::AnotherAccount.step(method, login.return_to.as_deref())),
        ),
        None => ("You may still be signed in to your provider in this browser.".into(), None),
    };
    // Who signed out is not known any more, only what could be connected.
    let stays = match login.providers.iter().any(|method| method.slug == CONNECTABLE) {
        true => " Connected services, such as Google Drive, stay connected.",
        false => "",
    };
    Message { tone: Tone::Quiet, happened: "You've signed out of Latchkey.".into(), advice: advice + stays, step }
}

const TRY_LATER: &str =
    "Try again later, or sign in another way. If it keeps happening, contact the site's administrator.";

enum Next {
    Again,
    AnotherAccount,
}

impl Next {
    fn step(self, method: &ProviderButton, return_to: Option<&str>) -> Step {
        match self {
            Self::AnotherAccount if method.lets_choose => Step {
                text: format!("Use another {} account", method.label),
                href: links::sign_in_as_another(&method.slug, return_to),
            },
            Self::Again | Self::AnotherAccount => {
                Step { text: format!("Try again with {}", method.label), href: links::sign_in(&method.slug, return_to) }
            }
        }
    }
}
