//! What was done, and what that means from now on.

use super::{Message, Step, Tone};
use crate::{codes::outcome::Done, ui::links};

/// What a page says after something was done.
pub fn done(done: Done, return_to: Option<&str>) -> Message {
    let (happened, advice) = match done {
        Done::Linked => ("Another way into your account was added.", "You can sign in with it from now on."),
        Done::AlreadyLinked => ("That account opened yours already.", "Nothing was changed; go on using it."),
        Done::Unlinked => ("That way in is gone.", "From now on the other ways open your account, and it does not."),
        Done::LinkCancelled => ("Nothing was linked, and nothing was changed.", "Sign in the way you did before."),
        Done::PasswordSet => {
            ("Your password is set.", "From now on you can sign in with your e-mail address and this password, too.")
        }
        Done::PasswordChanged => {
            ("Your password is changed.", "Other browsers are signed out; use the new one when you sign in there.")
        }
        Done::EmailChanged => {
            ("Your e-mail address is changed.", "Letters go to the new one; the old one was told how to take it back.")
        }
        Done::ProfileSaved => ("Your profile is saved.", "Your pages show it from now on."),
        Done::DeviceEnded => ("That browser is signed out.", "If you did not know it, change your password as well."),
        Done::OthersEnded => ("You are signed out everywhere else.", "Only this browser is still signed in."),
        Done::Undone => {
            ("The change was taken back, and every browser is signed out.", "Choose a new password to get back in.")
        }
        Done::Disconnected => (
            "It is disconnected, and our copies of the keys are gone.",
            "What became of it at the provider stands in your settings.",
        ),
        Done::Deleted => ("Your account is deleted.", "You are welcome to come back; you would start afresh."),
    };
    let step = match done {
        Done::Undone => Some(("Choose a new password", links::forgot(return_to))),
        Done::Disconnected => Some(("Look in your settings", "/settings#access".into())),
        Done::Linked
        | Done::AlreadyLinked
        | Done::Unlinked
        | Done::LinkCancelled
        | Done::PasswordSet
        | Done::PasswordChanged
        | Done::EmailChanged
        | Done::ProfileSaved
        | Done::DeviceEnded
        | Done::OthersEnded
        | Done::Deleted => None,
    };
    Message {
        tone: Tone::Quiet,
        happened: happened.into(),
        advice: advice.into(),
        step: step.map(|(text, href)| Step { text: text.into(), href }),
    }
}
