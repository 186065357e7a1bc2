//! Passwords: reset, and change.

use super::{NOTHING_TO_DO, Words, Writer, texts};
use crate::accounts::{EmailToken, SignInMethod};

pub(super) fn reset(writer: &Writer<'_>, link: &EmailToken) -> Words {
    let at = writer.at();
    Words {
        subject: format!("Choose a new password for {at}"),
        news: vec![format!("Someone – hopefully you – asked to reset the password for your account at {at}.")],
        action: writer.token(link, "To choose a new password:", "Choose a new password", "30 minutes"),
        closing: texts(["If this wasn't you, ignore this email. Your password stays the same. Don't share this link."]),
    }
}

pub(super) fn no_password(writer: &Writer<'_>, known: &[SignInMethod]) -> Words {
    let at = writer.at();
    Words {
        subject: format!("Your account at {at} has no password"),
        news: vec![
            format!("Someone – hopefully you – asked to reset the password for your account at {at}."),
            format!("Your account doesn't have a password. {}", writer.methods(known)),
        ],
        action: writer.page(
            "If this was you, sign in that way. You can set a password afterwards:",
            "Sign in",
            "/login",
        ),
        closing: texts([
            "If you can no longer sign in there, recover your account with that provider first.",
            "If this wasn't you, ignore this email. Nothing changed.",
        ]),
    }
}

pub(super) fn no_account(writer: &Writer<'_>) -> Words {
    let at = writer.at();
    Words {
        subject: format!("There's no account at {at} with this email address"),
        news: vec![
            format!("Someone – hopefully you – asked to reset a password at {at} for this email address."),
            "There's no account with it. You may have signed up with another address, or with a provider.".to_owned(),
        ],
        action: writer.page("To sign in another way, or to create an account:", "Go to sign-in", "/login"),
        closing: texts(["If this wasn't you, ignore this email. We don't keep this address."]),
    }
}

pub(super) fn changed(writer: &Writer<'_>, first: bool, link: &EmailToken) -> Words {
    let at = writer.at();
    let (subject, news) = match first {
        true => ("A password was set for your account", format!("Your account at {at} now has a password.")),
        false => {
            ("The password for your account was changed", format!("The password for your account at {at} was changed."))
        }
    };
    Words {
        subject: format!("{subject} at {at}"),
        news: vec![news],
        action: writer.undo(link),
        closing: texts([NOTHING_TO_DO]),
    }
}
