//! Why a form did not do what it was to do.

use super::{Message, Step, Tone};
use crate::{codes::outcome::FormError, ui::links};

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
pub fn concern(form_error: FormError) -> Concern {
    match form_error {
        FormError::WrongCredentials => Concern::Both,
        FormError::EmailInvalid | FormError::EmailUnchanged => Concern::Email,
        FormError::WrongPassword
        | FormError::PasswordShort
        | FormError::PasswordLong
        | FormError::PasswordCommon
        | FormError::PasswordPersonal => Concern::Password,
        FormError::ConfirmationMissing => Concern::Word,
        FormError::TooManyAttempts
        | FormError::Busy
        | FormError::EmailLinkInvalid
        | FormError::EmailLinkOfAnotherUser
        | FormError::LinkExpired
        | FormError::ReauthenticationMismatch
        | FormError::LinkedElsewhere
        | FormError::LastSignInMethod
        | FormError::EmailNeeded
        | FormError::ProviderUnavailable
        | FormError::NotFound
        | FormError::ScopeDeclined
        | FormError::AccountMismatch
        | FormError::ServerError => Concern::Nothing,
    }
}

/// Whether it is about an attempt to sign in with a password.
pub fn is_about_a_password(form_error: FormError) -> bool {
    let tried = matches!(form_error, FormError::TooManyAttempts | FormError::Busy);
    tried || matches!(concern(form_error), Concern::Email | Concern::Password | Concern::Both)
}

/// A trouble's sentence and next step. Where the person was going stays in the links.
pub fn form_error(form_error: FormError, return_to: Option<&str>) -> Message {
    let (tone, happened, advice) = said(form_error);
    let step = step(form_error, return_to).map(|(text, href)| Step { text: text.into(), href });
    Message { tone, happened: happened.into(), advice: advice.into(), step }
}

fn said(form_error: FormError) -> (Tone, &'static str, &'static str) {
    match form_error {
        FormError::WrongCredentials => (
            Tone::Serious,
            "This address and this password do not belong together.",
            "Check both and try again, or choose a new password. If you signed up just now, open our letter first.",
        ),
        FormError::WrongPassword => (
            Tone::Serious,
            "That is not the password of this account.",
            "Try again; if it does not come back to you, choose a new one.",
        ),
        FormError::TooManyAttempts => (
            Tone::Mild,
            "There were too many tries for this account.",
            "Wait a while before the next one, or choose a new password.",
        ),
        FormError::Busy => (
            Tone::Mild,
            "Many people are signing in with a password right now.",
            "Nothing is lost. Try again in a few seconds.",
        ),
        FormError::EmailInvalid => (
            Tone::Serious,
            "We cannot send letters to that e-mail address.",
            "Check it for a slip, such as a space or a missing ending.",
        ),
        FormError::EmailUnchanged => (
            Tone::Mild,
            "That is the e-mail address of your account already.",
            "Type another one, or leave it as it is.",
        ),
        FormError::PasswordShort => {
            (Tone::Serious, "That password has fewer than 8 characters.", "Choose a longer one; a sentence is good.")
        }
        FormError::PasswordLong => (
            Tone::Serious,
            "That password has more than 1024 characters.",
            "Choose a shorter one; a sentence is enough.",
        ),
        FormError::PasswordCommon => (
            Tone::Serious,
            "That password is one of the first that a thief tries.",
            "Choose one that nobody else has; a sentence is good.",
        ),
        FormError::PasswordPersonal => (
            Tone::Serious,
            "That password is made of your name or address, or of our name.",
            "Choose one that nobody can guess from them; a sentence is good.",
        ),
        FormError::EmailLinkInvalid => (
            Tone::Mild,
            "This link was used, ran out, or was replaced by a newer one.",
            "Look for the newest letter, or ask for another.",
        ),
        FormError::EmailLinkOfAnotherUser => (
            Tone::Mild,
            "The account that asked for this letter is not signed in here.",
            "Sign in to it in this browser, then open the letter again.",
        ),
        FormError::LinkExpired => (
            Tone::Mild,
            "Linking took too long, or it began in another browser.",
            "Nothing was changed. Sign in once more and we ask you again.",
        ),
        FormError::ReauthenticationMismatch => (
            Tone::Serious,
            "You showed us an account that does not belong to this one.",
            "Nothing was changed. Choose one that you use here.",
        ),
        FormError::LinkedElsewhere => (
            Tone::Serious,
            "That account opens another Latchkey account already.",
            "Nothing was changed. Unlink it there first, or choose another one.",
        ),
        FormError::LastSignInMethod => {
            (Tone::Mild, "That is the only way into your account.", "Add another way first; then this one can go.")
        }
        FormError::EmailNeeded => (
            Tone::Mild,
            "A password goes with a confirmed e-mail address, and you have none yet.",
            "Add an address first.",
        ),
        FormError::ConfirmationMissing => (
            Tone::Mild,
            "The word was not typed as it stands there, so nothing was deleted.",
            "Type it exactly if you mean it.",
        ),
        FormError::ProviderUnavailable => (
            Tone::Mild,
            "That provider is not answering at the moment.",
            "Nothing was changed. Wait a minute, then try again, or use another way.",
        ),
        FormError::NotFound => (
            Tone::Mild,
            "What you chose is not there any more.",
            "It may have gone in another window. Look again and choose anew.",
        ),
        FormError::ScopeDeclined => (
            Tone::Mild,
            "You did not tick the box that lets us see this.",
            "That is fine, and nothing was kept. If you want it after all, connect again and leave the box ticked.",
        ),
        FormError::AccountMismatch => (
            Tone::Serious,
            "You chose another account there than the one that you are connecting.",
            "Nothing was connected. Try again and choose the account that this page names.",
        ),
        FormError::ServerError => (
            Tone::Serious,
            "Something went wrong on our side.",
            "You did nothing wrong, and nothing was changed. Try again in a moment.",
        ),
    }
}

/// The link that carries out the advice, where the form itself is not what does.
fn step(form_error: FormError, return_to: Option<&str>) -> Option<(&'static str, String)> {
    match form_error {
        FormError::WrongCredentials | FormError::WrongPassword | FormError::TooManyAttempts => {
            Some(("Choose a new password", links::forgot(return_to)))
        }
        FormError::EmailLinkInvalid => Some(("Ask for a new letter", links::forgot(return_to))),
        FormError::EmailLinkOfAnotherUser | FormError::LinkExpired => Some(("Sign in", links::login(return_to))),
        FormError::LastSignInMethod => Some(("Add a way to sign in", "/settings#ways".into())),
        FormError::EmailNeeded => Some(("Add an address", "/settings/email".into())),
        FormError::Busy
        | FormError::EmailInvalid
        | FormError::EmailUnchanged
        | FormError::PasswordShort
        | FormError::PasswordLong
        | FormError::PasswordCommon
        | FormError::PasswordPersonal
        | FormError::ReauthenticationMismatch
        | FormError::LinkedElsewhere
        | FormError::ConfirmationMissing
        | FormError::ProviderUnavailable
        | FormError::NotFound
        | FormError::ScopeDeclined
        | FormError::AccountMismatch
        | FormError::ServerError => None,
    }
}
