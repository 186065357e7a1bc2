//! Sign-up, and invitations.

use super::{NOTHING_REVEALED, Words, Writer, texts};
use crate::accounts::{EmailToken, SignInMethod};

pub(super) fn confirm(writer: &Writer<'_>, link: &EmailToken) -> Words {
    let at = writer.at();
    Words {
        subject: format!("Confirm your email address for {at}"),
        news: vec![format!("Someone – hopefully you – is signing up at {at} with this email address.")],
        action: writer.token(
            link,
            "To finish, confirm that this is your address:",
            "Confirm email address",
            "24 hours",
        ),
        closing: texts([
            "If this wasn't you, ignore this email. No account is created without the link. Don't share this link.",
        ]),
    }
}

pub(super) fn already_registered(writer: &Writer<'_>, known: &[SignInMethod]) -> Words {
    let at = writer.at();
    Words {
        subject: format!("You already have an account at {at}"),
        news: vec![
            format!("Someone – hopefully you – tried to sign up at {at} with this email address."),
            format!("You already have an account, so nothing changed. {}", writer.methods(known)),
        ],
        action: writer.page("If this was you, sign in:", "Sign in", "/login"),
        closing: texts([NOTHING_REVEALED]),
    }
}

pub(super) fn refused(writer: &Writer<'_>) -> Words {
    let at = writer.at();
    Words {
        subject: format!("You can't sign up at {at} with this email address"),
        news: vec![
            format!("Someone – hopefully you – tried to sign up at {at} with this email address."),
            "This site creates accounts only for people whom it has admitted, so nothing changed.".to_owned(),
        ],
        action: writer.page(
            "If you have an account with another address or with a provider, sign in:",
            "Go to sign-in",
            "/login",
        ),
        closing: texts([
            "To get an account, ask the site's administrator for an invitation to this address.",
            "If this wasn't you, ignore this email. We don't keep this address.",
        ]),
    }
}

pub(super) fn invitation(writer: &Writer<'_>, link: &EmailToken) -> Words {
    let at = writer.at();
    Words {
        subject: format!("You're invited to {at}"),
        news: vec![format!("You're invited to create an account at {at} with this email address.")],
        action: writer.token(link, "To accept the invitation:", "Accept invitation", "seven days"),
        closing: texts([
            "If this wasn't meant for you, ignore this email. No account is created without the link. Don't share this link.",
        ]),
    }
}
