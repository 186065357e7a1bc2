//! Why one has to sign in again.

use super::{Message, Step, Tone};
use crate::{codes::session_end::SessionEnd, ui::links};

/// `unsent`: a submitted form waits for the sign-in.
pub fn sign_in_first(ended: Option<SessionEnd>, unsent: bool, return_to: Option<&str>) -> Message {
    let Some(end) = ended else {
        let advice = if unsent { KEPT } else { "We'll take you to the page you asked for." };
        return Message {
            tone: Tone::Quiet,
            happened: "Sign in to continue.".into(),
            advice: advice.into(),
            step: None,
        };
    };
    let (tone, happened, advice) = sentences(end);
    let advice = if unsent { format!("{advice} {KEPT}") } else { advice.to_owned() };
    let step = suggests_reset(end).then(|| Step { text: "Reset your password".into(), href: links::forgot(return_to) });
    Message { tone, happened: happened.into(), advice, step }
}

const KEPT: &str = "We kept what you entered for ten minutes; you can send it after you sign in.";

fn sentences(end: SessionEnd) -> (Tone, &'static str, &'static str) {
    match end {
        SessionEnd::SignedOutHere => (Tone::Quiet, "You signed out in this browser.", "Sign in to continue."),
        SessionEnd::SignedOutElsewhere => (
            Tone::Mild,
            "You were signed out from another device.",
            "Sign in to continue. If it wasn't you, check your recent activity in settings.",
        ),
        SessionEnd::PasswordChanged => (
            Tone::Mild,
            "You were signed out because the password was changed.",
            "Sign in with the new one. If it wasn't you who changed it, reset it.",
        ),
        SessionEnd::PasswordReset => (
            Tone::Mild,
            "You were signed out because the password was reset.",
            "Sign in with the new one. If it wasn't you who reset it, reset it again.",
        ),
        SessionEnd::EmailChanged => (
            Tone::Mild,
            "You were signed out because the account's email address was changed.",
            "Sign in to continue. If it wasn't you, open our email to your earlier address.",
        ),
        SessionEnd::MethodRemoved => (
            Tone::Mild,
            "You were signed out because a sign-in method was removed.",
            "Sign in another way. If it wasn't you who removed it, open our email about it.",
        ),
        SessionEnd::SecondFactorChanged => (
            Tone::Mild,
            "You were signed out because the authenticator app was changed.",
            "Sign in to continue. If it wasn't you who changed it, open our email about it.",
        ),
        SessionEnd::Undone => (
            Tone::Mild,
            "You were signed out because a change to the account was undone.",
            "Choose a new password, or sign in another way.",
        ),
        SessionEnd::Disowned => (
            Tone::Serious,
            "You were signed out because the account's owner didn't recognise this sign-in.",
            "If it's your account, sign in again, and check your devices in settings.",
        ),
        SessionEnd::TokenReused => (
            Tone::Serious,
            "You were signed out because a used sign-in token was presented again.",
            "It can mean that the token was stolen. Sign in to continue, and check your recent activity in settings.",
        ),
        SessionEnd::TooManySessions => (
            Tone::Quiet,
            "You were signed out here because you're signed in on too many devices.",
            "Sign in to continue. The device that you haven't used for longest is signed out next.",
        ),
        SessionEnd::Expired => (
            Tone::Quiet,
            "Your session expired.",
            "We sign you out after two weeks without a visit, and after three months at the latest. Sign in to continue.",
        ),
        SessionEnd::EndedByProvider => (
            Tone::Mild,
            "You were signed out because the provider that you signed in with asked for it.",
            "Sign in to continue. If you don't know why, check your account there.",
        ),
        SessionEnd::SignedOutByAdmin => {
            (Tone::Mild, "The site's administrator signed you out.", "Sign in to continue.")
        }
        SessionEnd::Disabled => {
            (Tone::Serious, "This account is disabled.", "Contact the site's administrator, or use another account.")
        }
        SessionEnd::Deleted => {
            (Tone::Mild, "The account you were signed in to was deleted.", "Sign in with another one.")
        }
    }
}

fn suggests_reset(end: SessionEnd) -> bool {
    matches!(end, SessionEnd::PasswordChanged | SessionEnd::PasswordReset | SessionEnd::Undone)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_end_has_its_own_sentence_and_keeps_what_was_entered() {
        let mut seen = std::collections::BTreeSet::new();
        for end in SessionEnd::ALL {
            let message = sign_in_first(Some(*end), true, None);
            assert!(message.advice.contains("what you entered"), "{end:?}");
            assert!(seen.insert(message.happened), "{end:?}");
            assert!(!sign_in_first(Some(*end), false, None).advice.contains("what you entered"), "{end:?}");
        }
    }
}
