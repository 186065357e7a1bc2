//! Why a form did not do what it was to do.

use super::{Step, Telling, Tone};
use crate::{codes::outcome::Trouble, ui::links};

/// The part of a form that a trouble is about, to be marked as the one to mend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Concern {
    /// The address.
    Email,
    /// The password.
    Password,
    /// Both together; which of the two is wrong we do not tell.
    Both,
    /// The word that confirms.
    Word,
    /// No part of it.
    Nothing,
}

/// What a trouble is about.
pub fn concern(trouble: Trouble) -> Concern {
    match trouble {
        Trouble::WrongCredentials => Concern::Both,
        Trouble::EmailInvalid | Trouble::EmailUnchanged => Concern::Email,
        Trouble::WrongPassword
        | Trouble::PasswordShort
        | Trouble::PasswordLong
        | Trouble::PasswordCommon
        | Trouble::PasswordPersonal => Concern::Password,
        Trouble::WordMissing => Concern::Word,
        Trouble::TooManyAttempts
        | Trouble::Busy
        | Trouble::LetterInvalid
        | Trouble::LetterOfAnother
        | Trouble::LinkExpired
        | Trouble::ProofOfAnother
        | Trouble::LinkedElsewhere
        | Trouble::LastWayIn
        | Trouble::AddressNeeded
        | Trouble::ProviderAway
        | Trouble::NotThere
        | Trouble::ScopeDeclined
        | Trouble::OtherAccount
        | Trouble::ServerError => Concern::Nothing,
    }
}

/// Whether it is about an attempt to sign in with a password.
pub fn is_about_a_password(trouble: Trouble) -> bool {
    let tried = matches!(trouble, Trouble::TooManyAttempts | Trouble::Busy);
    tried || matches!(concern(trouble), Concern::Email | Concern::Password | Concern::Both)
}

/// A trouble's sentence and next step. Where the person was going stays in the links.
pub fn trouble(trouble: Trouble, return_to: Option<&str>) -> Telling {
    let (tone, happened, advice) = said(trouble);
    let step = step(trouble, return_to).map(|(text, href)| Step { text: text.into(), href });
    Telling { tone, happened: happened.into(), advice: advice.into(), step }
}

fn said(trouble: Trouble) -> (Tone, &'static str, &'static str) {
    match trouble {
        Trouble::WrongCredentials => (
            Tone::Serious,
            "This address and this password do not belong together.",
            "Check both and try again, or choose a new password. If you signed up just now, open our letter first.",
        ),
        Trouble::WrongPassword => (
            Tone::Serious,
            "That is not the password of this account.",
            "Try again; if it does not come back to you, choose a new one.",
        ),
        Trouble::TooManyAttempts => (
            Tone::Mild,
            "There were too many tries for this account.",
            "Wait a while before the next one, or choose a new password.",
        ),
        Trouble::Busy => (
            Tone::Mild,
            "Many people are signing in with a password right now.",
            "Nothing is lost. Try again in a few seconds.",
        ),
        Trouble::EmailInvalid => (
            Tone::Serious,
            "We cannot send letters to that e-mail address.",
            "Check it for a slip, such as a space or a missing ending.",
        ),
        Trouble::EmailUnchanged => (
            Tone::Mild,
            "That is the e-mail address of your account already.",
            "Type another one, or leave it as it is.",
        ),
        Trouble::PasswordShort => {
            (Tone::Serious, "That password has fewer than 8 characters.", "Choose a longer one; a sentence is good.")
        }
        Trouble::PasswordLong => (
            Tone::Serious,
            "That password has more than 1024 characters.",
            "Choose a shorter one; a sentence is enough.",
        ),
        Trouble::PasswordCommon => (
            Tone::Serious,
            "That password is one of the first that a thief tries.",
            "Choose one that nobody else has; a sentence is good.",
        ),
        Trouble::PasswordPersonal => (
            Tone::Serious,
            "That password is made of your name or address, or of our name.",
            "Choose one that nobody can guess from them; a sentence is good.",
        ),
        Trouble::LetterInvalid => (
            Tone::Mild,
            "This link was used, ran out, or was replaced by a newer one.",
            "Look for the newest letter, or ask for another.",
        ),
        Trouble::LetterOfAnother => (
            Tone::Mild,
            "The account that asked for this letter is not signed in here.",
            "Sign in to it in this browser, then open the letter again.",
        ),
        Trouble::LinkExpired => (
            Tone::Mild,
            "Linking took too long, or it began in another browser.",
            "Nothing was changed. Sign in once more and we ask you again.",
        ),
        Trouble::ProofOfAnother => (
            Tone::Serious,
            "You showed us an account that does not belong to this one.",
            "Nothing was changed. Choose one that you use here.",
        ),
        Trouble::LinkedElsewhere => (
            Tone::Serious,
            "That account opens another Latchkey account already.",
            "Nothing was changed. Unlink it there first, or choose another one.",
        ),
        Trouble::LastWayIn => {
            (Tone::Mild, "That is the only way into your account.", "Add another way first; then this one can go.")
        }
        Trouble::AddressNeeded => (
            Tone::Mild,
            "A password goes with a confirmed e-mail address, and you have none yet.",
            "Add an address first.",
        ),
        Trouble::WordMissing => (
            Tone::Mild,
            "The word was not typed as it stands there, so nothing was deleted.",
            "Type it exactly if you mean it.",
        ),
        Trouble::ProviderAway => (
            Tone::Mild,
            "That provider is not answering at the moment.",
            "Nothing was changed. Wait a minute, then try again, or use another way.",
        ),
        Trouble::NotThere => (
            Tone::Mild,
            "What you chose is not there any more.",
            "It may have gone in another window. Look again and choose anew.",
        ),
        Trouble::ScopeDeclined => (
            Tone::Mild,
            "You did not tick the box that lets us see this.",
            "That is fine, and nothing was kept. If you want it after all, connect again and leave the box ticked.",
        ),
        Trouble::OtherAccount => (
            Tone::Serious,
            "You chose another account there than the one that you are connecting.",
            "Nothing was connected. Try again and choose the account that this page names.",
        ),
        Trouble::ServerError => (
            Tone::Serious,
            "Something went wrong on our side.",
            "You did nothing wrong, and nothing was changed. Try again in a moment.",
        ),
    }
}

/// The link that carries out the advice, where the form itself is not what does.
fn step(trouble: Trouble, return_to: Option<&str>) -> Option<(&'static str, String)> {
    match trouble {
        Trouble::WrongCredentials | Trouble::WrongPassword | Trouble::TooManyAttempts => {
            Some(("Choose a new password", links::forgot(return_to)))
        }
        Trouble::LetterInvalid => Some(("Ask for a new letter", links::forgot(return_to))),
        Trouble::LetterOfAnother | Trouble::LinkExpired => Some(("Sign in", links::login(return_to))),
        Trouble::LastWayIn => Some(("Add a way to sign in", "/settings#ways".into())),
        Trouble::AddressNeeded => Some(("Add an address", "/settings/email".into())),
        Trouble::Busy
        | Trouble::EmailInvalid
        | Trouble::EmailUnchanged
        | Trouble::PasswordShort
        | Trouble::PasswordLong
        | Trouble::PasswordCommon
        | Trouble::PasswordPersonal
        | Trouble::ProofOfAnother
        | Trouble::LinkedElsewhere
        | Trouble::WordMissing
        | Trouble::ProviderAway
        | Trouble::NotThere
        | Trouble::ScopeDeclined
        | Trouble::OtherAccount
        | Trouble::ServerError => None,
    }
}
