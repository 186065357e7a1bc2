//! Codes to type, and why none was sent.

use super::{Words, Writer, texts};
use crate::{
    accounts::{EmailCode, SignInMethod},
    codes::percent::with_query,
    mail::render::Action,
};

pub(super) fn code(writer: &Writer<'_>, code: &EmailCode) -> Words {
    let at = writer.at();
    Words {
        subject: format!("Your code for {at}"),
        news: vec![
            format!("Someone – hopefully you – is changing something in your account at {at}."),
            "To confirm that it's you, enter this code there:".to_owned(),
        ],
        action: instead_of_typing(writer, code, "Confirm it's you", "/confirm"),
        closing: texts([
            "If this wasn't you, someone is signed in to your account: sign out everywhere in settings. Nobody who works for us will ever ask for this code.",
        ]),
    }
}

pub(super) fn sign_in_code(writer: &Writer<'_>, code: &EmailCode) -> Words {
    let at = writer.at();
    Words {
        subject: format!("Your code to sign in at {at}"),
        news: vec![
            format!("Someone – hopefully you – asked for a code to sign in to your account at {at}."),
            "To sign in, enter this code there:".to_owned(),
        ],
        action: instead_of_typing(writer, code, "Sign in", "/login/code"),
        closing: texts([
            "If this wasn't you, ignore this email: without the code nobody signs in. Nobody who works for us will ever ask for this code.",
        ]),
    }
}

/// A page that has the code in its field.
fn instead_of_typing(writer: &Writer<'_>, code: &EmailCode, button: &'static str, page: &str) -> Option<Action> {
    Some(Action {
        lead: "Or open this page in the browser where you asked for it:".to_owned(),
        button,
        link: writer.site.page(&with_query(page, &[("code", code.expose())])),
        valid: Some("The code works once and expires in ten minutes.".to_owned()),
    })
}

pub(super) fn no_sign_in_code(writer: &Writer<'_>, known: &[SignInMethod]) -> Words {
    let at = writer.at();
    Words {
        subject: format!("You can't sign in with a code at {at}"),
        news: vec![
            format!("Someone – hopefully you – asked for a code to sign in to your account at {at}."),
            format!(
                "We haven't confirmed that this address is yours: only the service you signed up with says so. {}",
                writer.methods(known)
            ),
        ],
        action: writer.page(
            "If this was you, sign in that way, or choose a password there:",
            "Go to sign-in",
            "/login",
        ),
        closing: texts(["If this wasn't you, ignore this email. Nothing changed."]),
    }
}

pub(super) fn no_account_to_sign_in(writer: &Writer<'_>) -> Words {
    let at = writer.at();
    Words {
        subject: format!("There's no account at {at} with this email address"),
        news: vec![
            format!("Someone – hopefully you – asked for a code to sign in at {at} with this email address."),
            "There's no account with it. You may have signed up with another address, or with a provider.".to_owned(),
        ],
        action: writer.page("To sign in another way, or to create an account:", "Go to sign-in", "/login"),
        closing: texts(["If this wasn't you, ignore this email. We don't keep this address."]),
    }
}
