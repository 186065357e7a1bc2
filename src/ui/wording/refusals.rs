//! Why a provider did not bring somebody in.

use super::{Step, Telling, Tone};
use crate::{
    codes::refusal::Refusal,
    ui::{
        links,
        view::{LoginView, ProviderButton},
    },
};

/// The provider at which people can connect something.
const CONNECTABLE: &str = "google";

/// A refusal's sentence and next step. A link is made only for a provider that is configured, never from what
/// somebody wrote into a query.
pub fn of_a_sign_in(refusal: Refusal, label: Option<&str>, slug: Option<&str>, login: &LoginView) -> Telling {
    let way = slug.and_then(|slug| login.providers.iter().find(|way| way.slug == slug));
    let label = way.map(|way| way.label.as_str()).or(label);
    let who = label.unwrap_or("The provider");
    let with = label.map(|label| format!(" with {label}")).unwrap_or_default();
    let (tone, happened, advice, next) = match refusal {
        Refusal::Cancelled => (
            Tone::Mild,
            format!("You cancelled the sign-in{with}."),
            "Nothing was shared. Sign in whenever you like.",
            Next::Again,
        ),
        Refusal::FlowExpired => (
            Tone::Mild,
            format!("The sign-in{with} took longer than ten minutes, so it ran out."),
            "Start again; it only takes a moment.",
            Next::Again,
        ),
        Refusal::FlowUnknown => (
            Tone::Mild,
            "This browser has no such sign-in under way.".into(),
            "It may have begun in another browser, or cookies are switched off. Start again here.",
            Next::Again,
        ),
        Refusal::FlowUsed => (
            Tone::Mild,
            "That sign-in was used already, and each one counts only once.".into(),
            "Start a fresh one.",
            Next::Again,
        ),
        Refusal::ResponseMismatch => (
            Tone::Serious,
            "The answer that came back does not belong to the sign-in you started.".into(),
            "You were not signed in. If a link from somebody else brought you here, close it; otherwise start again.",
            Next::Again,
        ),
        Refusal::InteractionRequired => (
            Tone::Mild,
            format!("{who} has to ask you something before you can sign in."),
            "Continue there and answer it.",
            Next::Again,
        ),
        Refusal::ProviderRefused => (
            Tone::Serious,
            format!("{who} turned the sign-in down."),
            "Try again, or use another account.",
            Next::AnotherAccount,
        ),
        Refusal::ProviderUnavailable => (
            Tone::Mild,
            format!("{who} is not answering at the moment."),
            "Wait a minute, then try again.",
            Next::Again,
        ),
        Refusal::ProviderInvalid => (
            Tone::Serious,
            format!("The answer{} did not pass our checks.", label.map(|l| format!(" from {l}")).unwrap_or_default()),
            "You were not signed in. Try again; if it happens twice, tell the people who run this site.",
            Next::Again,
        ),
        Refusal::LinkRequired => (
            Tone::Mild,
            "You already have an account with this e-mail address.".into(),
            "Sign in the way you did before, or use another account.",
            Next::AnotherAccount,
        ),
        Refusal::NotPermitted => (
            Tone::Mild,
            "This site admits accounts of one organisation only, and yours is not one of them.".into(),
            "Continue with the account that you have there.",
            Next::AnotherAccount,
        ),
        Refusal::AccountDisabled => (
            Tone::Serious,
            "This account is switched off.".into(),
            "Ask the people who run this site, or use another account.",
            Next::AnotherAccount,
        ),
        Refusal::ServerError => (
            Tone::Serious,
            "Something went wrong on our side.".into(),
            "You did nothing wrong, and you were not signed in. Try again in a moment.",
            Next::Again,
        ),
    };
    Telling { tone, happened, advice: advice.into(), step: way.map(|way| next.step(way, login.return_to.as_deref())) }
}

/// The same for somebody who is signed in already and asked a provider for something else: to say that it is still them,
/// or to become a way in. What they can do next is on the page around it.
pub fn of_a_round_trip(refusal: Refusal, label: Option<&str>) -> Telling {
    let who = label.unwrap_or("The provider");
    let (tone, happened, advice) = match refusal {
        Refusal::Cancelled => {
            (Tone::Mild, format!("You cancelled at {}.", label.unwrap_or("the provider")), "Nothing was changed.")
        }
        Refusal::FlowExpired => {
            (Tone::Mild, format!("{who} took longer than ten minutes, so it ran out."), "Start again from this page.")
        }
        Refusal::FlowUnknown | Refusal::FlowUsed => {
            (Tone::Mild, "That attempt is over, and each one counts only once.".into(), "Start again from this page.")
        }
        Refusal::ResponseMismatch => (
            Tone::Serious,
            "The answer that came back does not belong to what you started.".into(),
            "Nothing was changed. If a link from somebody else brought you here, close it.",
        ),
        Refusal::InteractionRequired => {
            (Tone::Mild, format!("{who} has to ask you something first."), "Continue there and answer it.")
        }
        Refusal::ProviderRefused => (
            Tone::Serious,
            format!("{who} turned the request down."),
            "Nothing was changed. Try again, or use another way.",
        ),
        Refusal::ProviderUnavailable => {
            (Tone::Mild, format!("{who} is not answering at the moment."), "Wait a minute, or use another way.")
        }
        Refusal::ProviderInvalid => (
            Tone::Serious,
            format!("The answer of {} did not pass our checks.", label.unwrap_or("the provider")),
            "Nothing was changed. If it happens twice, tell the people who run this site.",
        ),
        Refusal::LinkRequired | Refusal::NotPermitted => {
            (Tone::Mild, "That account cannot be used here.".into(), "Nothing was changed. Choose another one.")
        }
        Refusal::AccountDisabled => {
            (Tone::Serious, "This account is switched off.".into(), "Ask the people who run this site.")
        }
        Refusal::ServerError => (
            Tone::Serious,
            "Something went wrong on our side.".into(),
            "You did nothing wrong, and nothing was changed. Try again in a moment.",
        ),
    };
    Telling { tone, happened, advice: advice.into(), step: None }
}

/// Signing out of Latchkey leaves the provider's own session alone, and what we may see there; on a shared machine that
/// matters.
pub fn signed_out(login: &LoginView) -> Telling {
    let way = match login.providers.as_slice() {
        [only] => Some(only),
        several => several.iter().find(|way| way.last_used),
    };
    let (advice, step) = match way {
        _ if login.password_last_used => ("Other browsers in which you signed in stay signed in.".into(), None),
        Some(way) => (
            format!(
                "{0} itself is still signed in in this browser. If others use it too, sign out of {0} as well.",
                way.label
            ),
            // Without a choice of accounts the link would bring the same person straight back in.
            way.lets_choose.then(|| Next::AnotherAccount.step(way, login.return_to.as_deref())),
        ),
        None => ("The provider that you signed in with may still be signed in in this browser.".into(), None),
    };
    // Who it was that signed out is not known here any more; what could be connected is.
    let stays = match login.providers.iter().any(|way| way.slug == CONNECTABLE) {
        true => " What you connected, such as Google Drive, stays connected.",
        false => "",
    };
    Telling { tone: Tone::Quiet, happened: "You are signed out of Latchkey.".into(), advice: advice + stays, step }
}

/// Which link helps.
enum Next {
    Again,
    AnotherAccount,
}

impl Next {
    fn step(self, way: &ProviderButton, return_to: Option<&str>) -> Step {
        match self {
            Self::AnotherAccount if way.lets_choose => Step {
                text: format!("Use another {} account", way.label),
                href: links::sign_in_as_another(&way.slug, return_to),
            },
            Self::Again | Self::AnotherAccount => {
                Step { text: format!("Try again with {}", way.label), href: links::sign_in(&way.slug, return_to) }
            }
        }
    }
}
