//! Confirmations of what was done.

use super::{Message, Step, Tone};
use crate::{
    codes::{done::Done, settings_page::SettingsPage},
    ui::links,
};

pub fn done(done: Done, return_to: Option<&str>) -> Message {
    let (happened, advice) = match done {
        Done::Welcome => ("Welcome to Latchkey.", "Your account is ready, and you're signed in."),
        Done::LinkedWithoutAsking => (
            "A way to sign in was added to your account.",
            "The account that you just used has your confirmed email address, so we linked it. We've told you by email.",
        ),
        Done::PasswordReset => (
            "Your new password is set, and you're signed in.",
            "You've been signed out on all other devices. Use the new password to sign in there.",
        ),
        Done::Linked => ("Sign-in method added.", "You can use it the next time you sign in."),
        Done::AlreadyLinked => ("Already linked.", "That account was already linked to yours. Nothing changed."),
        Done::Unlinked => ("Sign-in method removed.", "You can still sign in with your other methods."),
        Done::LinkCancelled => ("The accounts weren't linked.", "Nothing changed. Sign in the way you did before."),
        Done::PasswordSet => ("Password set.", "You can now sign in with your email address and password."),
        Done::PasswordChanged => (
            "Password changed.",
            "You've been signed out on your other devices. Use the new password to sign in there.",
        ),
        Done::PasskeyAdded => ("Passkey added.", "You can use it the next time you sign in."),
        Done::PasskeyRenamed => ("Passkey renamed.", "Your changes are in place."),
        Done::PasskeyRemoved => (
            "Passkey removed.",
            "You've been signed out on your other devices. If your password manager still shows it, delete it there, too.",
        ),
        Done::SecondFactorAdded => (
            "Two-step verification is on.",
            "From now on, you need a code from your authenticator app to sign in. Keep your recovery codes somewhere safe.",
        ),
        Done::SecondFactorRemoved => (
            "Two-step verification is off.",
            "You've been signed out on your other devices. Delete the entry in your authenticator app, too.",
        ),
        Done::SecondFactorChanged => ("Two-step verification changed.", "Your changes are in place."),
        Done::BrowserForgotten => {
            ("That browser is no longer trusted.", "It asks for a code the next time that you sign in there.")
        }
        Done::EmailChanged => (
            "Email address changed.",
            "We'll use the new address. Your old address received instructions to undo this.",
        ),
        Done::ProfileSaved => ("Profile saved.", "Your changes are in place."),
        Done::SignedUpElsewhere => (
            "Your email address is confirmed.",
            "You opened the link on another device. Sign in here with your password.",
        ),
        Done::EmailChangeCancelled => ("The change was cancelled.", "Your email address stays as it is."),
        Done::DeviceEnded => {
            ("That device has been signed out.", "If you don't recognise it, change your password too.")
        }
        Done::OthersEnded => ("You're signed out everywhere else.", "Only this browser is still signed in."),
        Done::Undone => {
            ("The change was undone, and you're signed out on all devices.", "Choose a new password to sign in again.")
        }
        Done::Disconnected => {
            ("Disconnected. We deleted our access tokens.", "Connected services show whether Google confirmed it.")
        }
        Done::UserDisabled => ("User disabled.", "They're signed out everywhere and can't sign in."),
        Done::UserEnabled => ("User enabled.", "They can sign in again."),
        Done::UserSignedOut => ("User signed out.", "All of their sessions have ended."),
        Done::UserDeleted => ("User deleted.", "Everything about them is gone. They get an email about it."),
        Done::Invited => ("Invitation sent.", "The link in the email works for a week."),
        Done::Deleted => ("Your account has been deleted.", "You can create a new account at any time."),
    };
    let step = match done {
        Done::Undone => Some(("Choose a new password", links::forgot(return_to))),
        Done::Disconnected => Some(("Go to connections", SettingsPage::Connections.path().into())),
        Done::LinkedWithoutAsking => Some(("See your ways to sign in", SettingsPage::Security.path().into())),
        Done::Welcome
        | Done::SignedUpElsewhere
        | Done::PasswordReset
        | Done::Linked
        | Done::AlreadyLinked
        | Done::Unlinked
        | Done::LinkCancelled
        | Done::PasswordSet
        | Done::PasswordChanged
        | Done::PasskeyAdded
        | Done::PasskeyRenamed
        | Done::PasskeyRemoved
        | Done::SecondFactorAdded
        | Done::SecondFactorRemoved
        | Done::SecondFactorChanged
        | Done::BrowserForgotten
        | Done::EmailChanged
        | Done::EmailChangeCancelled
        | Done::ProfileSaved
        | Done::DeviceEnded
        | Done::OthersEnded
        | Done::UserDisabled
        | Done::UserEnabled
        | Done::UserSignedOut
        | Done::UserDeleted
        | Done::Invited
        | Done::Deleted => None,
    };
    Message {
        tone: Tone::Quiet,
        happened: happened.into(),
        advice: advice.into(),
        step: step.map(|(text, href)| Step { text: text.into(), href }),
    }
}
