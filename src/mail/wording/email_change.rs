//! Another email address.

use super::{NOTHING_REVEALED, NOTHING_TO_DO, Words, Writer, texts};
use crate::accounts::{EmailAddress, EmailToken};

pub(super) fn confirm(writer: &Writer<'_>, link: &EmailToken) -> Words {
    let at = writer.at();
    Words {
        subject: format!("Confirm your new email address for {at}"),
        news: vec![format!("Someone – hopefully you – asked to use this email address for their account at {at}.")],
        action: writer.token(link, "If it's your account, confirm the address:", "Confirm email address", "24 hours"),
        closing: texts([
            "If this wasn't you, ignore this email. Nothing changes without the link. Don't share this link.",
        ]),
    }
}

pub(super) fn taken(writer: &Writer<'_>) -> Words {
    let at = writer.at();
    Words {
        subject: format!("Your email address at {at} wasn't changed"),
        news: vec![
            format!("Someone – hopefully you – asked to use this email address for another account at {at}."),
            "It already belongs to your account here, so nothing changed.".to_owned(),
        ],
        action: writer.page("If this was you, sign in with this address to find that account:", "Sign in", "/login"),
        closing: texts([NOTHING_REVEALED]),
    }
}

pub(super) fn changed(writer: &Writer<'_>, new: &EmailAddress, link: &EmailToken) -> Words {
    let at = writer.at();
    Words {
        subject: format!("The email address for your account at {at} was changed"),
        news: vec![format!(
            "The email address for your account at {at} is now {new}. We'll use that address from now on."
        )],
        action: writer.undo(link),
        closing: texts([NOTHING_TO_DO]),
    }
}
