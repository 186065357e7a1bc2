//! Why a provider did not bring somebody in.

use super::{Message, Step, Tone};
use crate::{
    codes::sign_in_error::SignInError,
    ui::{
        links,
        view::{LoginView, ProviderButton},
    },
};

/// The provider at which people can connect something.
const CONNECTABLE: &str = "google";

/// A refusal's sentence and next step. A link is made only for a provider that is configured, never from what
/// somebody wrote into a query.
pub fn of_a_sign_in(sign_in_error: SignInError, label: Option<&str>, slug: Option<&str>, login: &LoginView) -> Message {
    let method = slug.and_then(|slug| login.providers.iter().find(|method| method.slug == slug));
    let label = method.map(|method| method.label.as_str()).or(label);
    let who = label.unwrap_or("The provider");
    let with = label.map(|label| format!(" with {label}")).unwrap_or_default();
    let (tone, happened, advice, next) = match sign_in_error {
        SignInError::Cancelled => (
            Tone::Mild,
            format!("You cancelled the sign-in{with}."),
            "Nothing was shared. Sign in whenever you like.",
            Next::Again,
        ),
        SignInError::FlowExpired => (
            Tone::Mild,
            format!("The sign-in{with} took longer than ten minutes, so it ran out."),
            "Start again; it only takes a moment.",
            Next::Again,
        ),
        SignInError::FlowUnknown => (
            Tone::Mild,
            "This browser has no such sign-in under way.".into(),
            "It may have begun in another browser, or cookies are switched off. Start again here.",
            Next::Again,
        ),
        SignInError::FlowUsed => (
            Tone::Mild,
            "That sign-in was used already, and each one counts only once.".into(),
            "Start a fresh one.",
            Next::Again,
        ),
        SignInError::ResponseMismatch => (
            Tone::Serious,
            "The answer that came back does not belong to the sign-in you started.".into(),
            "You were not signed in. If a link from somebody else brought you here, close it; otherwise start again.",
            Next::Again,
        ),
        SignInError::InteractionRequired => (
            Tone::Mild,
            format!("{who} has to ask you something before you can sign in."),
            "Continue there and answer it.",
            Next::Again,
        ),
        SignInError::ProviderRefused => (
            Tone::Serious,
            format!("{who} turned the sign-in down."),
            "Try again, or use another account.",
            Next::AnotherAccount,
        ),
        SignInError::ProviderUnavailable => (
            Tone::Mild,
            format!("{who} is not answering at the moment."),
            "Wait a minute, then try again.",
            Next::Again,
        ),
        SignInError::ProviderInvalid => (
            Tone::Serious,
            format!("The answer{} did not pass our checks.", label.map(|l| format!(" from {l}")).unwrap_or_default()),
            "You were not signed in. Try again; if it happens twice, tell the people who run this site.",
            Next::Again,
        ),
        SignInError::LinkRequired => (
            Tone::Mild,
            "You already have an account with this e-mail address.".into(),
            "Sign in the way you did before, or use another account.",
            Next::AnotherAccount,
        ),
        SignInError::NotPermitted => (
            Tone::Mild,
            "This site admits accounts of one organisation only, and yours is not one of them.".into(),
            "Continue with the account that you have there.",
            Next::AnotherAccount,
        ),
        SignInError::AccountDisabled => (
            Tone::Serious,
            "This account is switched off.".into(),
            "Ask the people who run this site, or use another account.",
            Next::AnotherAccount,
        ),
        SignInError::ServerError => (
            Tone::Serious,
            "Something went wrong on our side.".into(),
            "You did nothing wrong, and you were not signed in. Try again in a moment.",
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

/// The same for somebody who is signed in already and asked a provider for something else: to say that it is still them,
/// or to become a way in. What they can do next is on the page around it.
pub fn of_a_round_trip(sign_in_error: SignInError, label: Option<&str>) -> Message {
    let who = label.unwrap_or("The provider");
    let (tone, happened, advice) = match sign_in_error {
        SignInError::Cancelled => {
            (Tone::Mild, format!("You cancelled at {}.", label.unwrap_or("the provider")), "Nothing was changed.")
        }
        SignInError::FlowExpired => {
            (Tone::Mild, format!("{who} took longer than ten minutes, so it ran out."), "Start again from this page.")
        }
        SignInError::FlowUnknown | SignInError::FlowUsed => {
            (Tone::Mild, "That attempt is over, and each one counts only once.".into(), "Start again from this page.")
        }
        SignInError::ResponseMismatch => (
            Tone::Serious,
            "The answer that came back does not belong to what you started.".into(),
            "Nothing was changed. If a link from somebody else brought you here, close it.",
        ),
        SignInError::InteractionRequired => {
            (Tone::Mild, format!("{who} has to ask you something first."), "Continue there and answer it.")
        }
        SignInError::ProviderRefused => (
            Tone::Serious,
            format!("{who} turned the request down."),
            "Nothing was changed. Try again, or use another way.",
        ),
        SignInError::ProviderUnavailable => {
            (Tone::Mild, format!("{who} is not answering at the moment."), "Wait a minute, or use another way.")
        }
        SignInError::ProviderInvalid => (
            Tone::Serious,
            format!("The answer of {} did not pass our checks.", label.unwrap_or("the provider")),
            "Nothing was changed. If it happens twice, tell the people who run this site.",
        ),
        SignInError::LinkRequired | SignInError::NotPermitted => {
            (Tone::Mild, "That account cannot be used here.".into(), "Nothing was changed. Choose another one.")
        }
        SignInError::AccountDisabled => {
            (Tone::Serious, "This account is switched off.".into(), "Ask the people who run this site.")
        }
        SignInError::ServerError => (
            Tone::Serious,
            "Something went wrong on our side.".into(),
            "You did nothing wrong, and nothing was changed. Try again in a moment.",
        ),
    };
    Message { tone, happened, advice: advice.into(), step: None }
}

/// Signing out of Latchkey leaves the provider's own session alone, and what we may see there; on a shared machine that
/// matters.
pub fn signed_out(login: &LoginView) -> Message {
    let method = match login.providers.as_slice() {
        [only] => Some(only),
        several => several.iter().find(|method| method.last_used),
    };
    let (advice, step) = match method {
        _ if login.password_last_used => ("Other browsers in which you signed in stay signed in.".into(), None),
        Some(method) => (
            format!(
                "{0} itself is still signed in in this browser. If others use it too, sign out of {0} as well.",
                method.label
            ),
            // Without a choice of accounts the link would bring the same person straight back in.
            method.lets_choose.then(|| Next::AnotherAccount.step(method, login.return_to.as_deref())),
        ),
        None => ("The provider that you signed in with may still be signed in in this browser.".into(), None),
    };
    // Who it was that signed out is not known here any more; what could be connected is.
    let stays = match login.providers.iter().any(|method| method.slug == CONNECTABLE) {
        true => " What you connected, such as Google Drive, stays connected.",
        false => "",
    };
    Message { tone: Tone::Quiet, happened: "You are signed out of Latchkey.".into(), advice: advice + stays, step }
}

/// Which link helps.
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
