//! Why a form was rejected.

use super::{Message, Step, Tone};
use crate::{
    codes::{form_error::FormError, settings_page::SettingsPage},
    ui::links,
};

/// The field that an error is about, to be marked as invalid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Concern {
    Email,
    Password,
    /// Both; the page must not reveal which one is wrong.
    Both,
    /// The confirmation word.
    Word,
    /// A code.
    Code,
    Nothing,
}

pub fn concern(form_error: FormError) -> Concern {
    match form_error {
        FormError::WrongCredentials => Concern::Both,
        FormError::EmailInvalid | FormError::EmailUnchanged => Concern::Email,
        FormError::WrongPassword
        | FormError::PasswordShort
        | FormError::PasswordLong
        | FormError::PasswordCommon
        | FormError::PasswordBreached
        | FormError::PasswordPersonal => Concern::Password,
        FormError::ConfirmationMissing => Concern::Word,
        FormError::EmailCodeWrong | FormError::SecondFactorWrong => Concern::Code,
        FormError::TooManyAttempts
        | FormError::EmailCodeExpired
        | FormError::TooManyCodes
        | FormError::SecondFactorExpired
        | FormError::SecondFactorNeeded
        | FormError::SecondFactorRequired
        | FormError::EnrolmentExpired
        | FormError::TooManyEmails
        | FormError::Busy
        | FormError::EmailLinkInvalid
        | FormError::EmailLinkOfAnotherUser
        | FormError::SignUpNotPermitted
        | FormError::LinkExpired
        | FormError::ReauthenticationMismatch
        | FormError::LinkedElsewhere
        | FormError::LastSignInMethod
        | FormError::EmailNeeded
        | FormError::OwnAccount
        | FormError::ProviderUnavailable
        | FormError::ProviderUnusable
        | FormError::SiteMisconfigured
        | FormError::NotFound
        | FormError::ScopeDeclined
        | FormError::AccountMismatch
        | FormError::PasskeyInvalid
        | FormError::PasskeyUnknown
        | FormError::PasskeyExpired
        | FormError::PasskeyExists
        | FormError::TooManyPasskeys
        | FormError::TooManyIdentities
        | FormError::TooManyChanges
        | FormError::NameNeeded
        | FormError::ServerError => Concern::Nothing,
    }
}

/// Whether it belongs to the password form of the login page.
pub fn is_about_a_password(form_error: FormError) -> bool {
    let tried = matches!(form_error, FormError::TooManyAttempts | FormError::Busy);
    tried || matches!(concern(form_error), Concern::Email | Concern::Password | Concern::Both)
}

/// The links keep `return_to`.
pub fn form_error(form_error: FormError, return_to: Option<&str>) -> Message {
    let (tone, happened, advice) = sentences(form_error);
    let step = step(form_error, return_to).map(|(text, href)| Step { text: text.into(), href });
    Message { tone, happened: happened.into(), advice: advice.into(), step }
}

fn sentences(form_error: FormError) -> (Tone, &'static str, &'static str) {
    match form_error {
        FormError::WrongCredentials => (
            Tone::Serious,
            "Incorrect email or password.",
            "Try again or reset your password. If you've just signed up, open the link in our email first.",
        ),
        FormError::WrongPassword => (Tone::Serious, "Incorrect password.", "Try again or reset your password."),
        FormError::TooManyAttempts => (
            Tone::Mild,
            "Too many attempts for this account.",
            "Wait 30 seconds before you try again. You can also sign in with a linked account, or reset your password.",
        ),
        FormError::TooManyEmails => (Tone::Mild, "Too many emails were requested.", "Try again in a few minutes."),
        FormError::Busy => (Tone::Mild, "Many people are signing in right now.", "Try again in a few seconds."),
        FormError::EmailInvalid => {
            (Tone::Serious, "Enter a valid email address.", "Check for typos, such as a space or a missing ending.")
        }
        FormError::EmailUnchanged => (Tone::Mild, "That's already your email address.", "Enter a different one."),
        FormError::PasswordShort => {
            (Tone::Serious, "This password is too short.", "Choose a longer one. A short sentence works well.")
        }
        FormError::PasswordLong => (Tone::Serious, "This password is too long.", "Use at most 1024 characters."),
        FormError::PasswordCommon => (
            Tone::Serious,
            "This password is too common.",
            "Choose one that's harder to guess. A short sentence works well.",
        ),
        FormError::PasswordBreached => {
            (Tone::Serious, "This password was in a data breach.", "Choose one that you don't use anywhere else.")
        }
        FormError::PasswordPersonal => (
            Tone::Serious,
            "This password is too easy to guess.",
            "Don't use your name, your email address or the name of this site.",
        ),
        FormError::PasskeyInvalid => (
            Tone::Serious,
            "That passkey couldn't be used.",
            "Nothing changed. Try again, or use another way to sign in.",
        ),
        FormError::PasskeyUnknown => (
            Tone::Serious,
            "That passkey isn't linked to an account here.",
            "It may have been removed. Use another passkey, or another way to sign in.",
        ),
        FormError::PasskeyExpired => {
            (Tone::Mild, "That took too long, or was started in another browser.", "Nothing changed. Try again.")
        }
        FormError::PasskeyExists => {
            (Tone::Mild, "That passkey was already added.", "Use a different device or password manager.")
        }
        FormError::TooManyPasskeys => {
            (Tone::Mild, "You have as many passkeys as an account can have.", "Remove one that you no longer use.")
        }
        FormError::TooManyIdentities => (
            Tone::Mild,
            "You have as many linked accounts as an account can have.",
            "Nothing was linked. Remove one that you no longer use. If you removed one today, try again in a few days.",
        ),
        FormError::TooManyChanges => (
            Tone::Mild,
            "You changed your ways to sign in very often this week.",
            "Nothing changed. Try again in a few days.",
        ),
        FormError::NameNeeded => (Tone::Mild, "The name is missing.", "Enter a name."),
        FormError::EmailLinkInvalid => (
            Tone::Mild,
            "This link has expired.",
            "It was already used, timed out, or another one was used since. Open the latest email, or request a new one.",
        ),
        FormError::EmailLinkOfAnotherUser => (
            Tone::Mild,
            "You're not signed in to the account that requested this email.",
            "Sign in to it in this browser, then open the link again.",
        ),
        FormError::EmailCodeWrong => (
            Tone::Serious,
            "That code is incorrect.",
            "Type the eight characters from our latest email. After five tries you need a new code.",
        ),
        FormError::EmailCodeExpired => (
            Tone::Mild,
            "This code has expired.",
            "A code works for ten minutes, in the browser that asked for it. Send yourself a new one.",
        ),
        FormError::SecondFactorWrong => (
            Tone::Serious,
            "That two-step code is incorrect.",
            "Type the six digits that your authenticator app shows now. Each code works once.",
        ),
        FormError::TooManyCodes => (
            Tone::Mild,
            "Too many codes were tried for this account.",
            "Wait five minutes, or use a passkey. If it wasn't you, change your password.",
        ),
        FormError::SecondFactorExpired => (
            Tone::Mild,
            "Signing in took too long, or there were too many tries.",
            "You aren't signed in. Start again.",
        ),
        FormError::SecondFactorNeeded => (
            Tone::Mild,
            "Your account needs two-step verification here.",
            "Confirm with a code from your authenticator app, or with a passkey.",
        ),
        FormError::SecondFactorRequired => (
            Tone::Mild,
            "This site requires two-step verification.",
            "You can replace your authenticator app, but not remove it.",
        ),
        FormError::EnrolmentExpired => (
            Tone::Mild,
            "That took too long, so nothing was set up.",
            "Delete the entry in your authenticator app, and scan the code on this page.",
        ),
        FormError::SignUpNotPermitted => (
            Tone::Mild,
            "New accounts aren't created for this email address.",
            "Ask the site's administrator for an invitation to it.",
        ),
        FormError::LinkExpired => (
            Tone::Mild,
            "Linking timed out, or it was started in another browser.",
            "Nothing changed. Sign in again to link your accounts.",
        ),
        FormError::ReauthenticationMismatch => (
            Tone::Serious,
            "That account isn't linked to yours.",
            "Nothing changed. Choose an account that you use to sign in here.",
        ),
        FormError::LinkedElsewhere => (
            Tone::Serious,
            "That account is already linked to another user.",
            "Nothing changed. Unlink it there first, or choose a different account.",
        ),
        FormError::LastSignInMethod => {
            (Tone::Mild, "This is your only way to sign in.", "Add another one before you remove it.")
        }
        FormError::EmailNeeded => {
            (Tone::Mild, "A password needs a confirmed email address.", "Add your email address first.")
        }
        FormError::ConfirmationMissing => (
            Tone::Mild,
            "The confirmation didn't match, so nothing was deleted.",
            "To delete your account, type the word exactly as shown.",
        ),
        FormError::OwnAccount => (Tone::Mild, "That's your own account.", "Change it in your settings."),
        FormError::ProviderUnavailable => (
            Tone::Mild,
            "That provider isn't responding right now.",
            "Nothing changed. Wait a minute and try again, or use another way to sign in.",
        ),
        FormError::ProviderUnusable => (
            Tone::Serious,
            "We couldn't use the configuration that the provider publishes.",
            "Nothing changed. Use another way to sign in. If it keeps happening, contact the site's administrator.",
        ),
        FormError::SiteMisconfigured => (
            Tone::Serious,
            "This site isn't set up correctly for that provider.",
            "Nothing changed. It isn't your account: use another way to sign in, or tell the site's administrator.",
        ),
        FormError::NotFound => (
            Tone::Mild,
            "That item no longer exists.",
            "It may have been removed in another window. Check the list and try again.",
        ),
        FormError::ScopeDeclined => (
            Tone::Mild,
            "Latchkey didn't get the permission it needs.",
            "Nothing was connected. To connect, try again and leave the box ticked.",
        ),
        FormError::AccountMismatch => (
            Tone::Serious,
            "You chose a different account from the one you're connecting.",
            "Nothing was connected. Try again and choose the account shown on this page.",
        ),
        FormError::ServerError => {
            (Tone::Serious, "Something went wrong on our side.", "Nothing changed. Try again in a moment.")
        }
    }
}

/// A link, unless the form itself is the next step.
fn step(form_error: FormError, return_to: Option<&str>) -> Option<(&'static str, String)> {
    match form_error {
        FormError::WrongCredentials | FormError::WrongPassword | FormError::TooManyAttempts => {
            Some(("Reset your password", links::forgot(return_to)))
        }
        FormError::SecondFactorExpired => Some(("Sign in", links::login(return_to))),
        FormError::EmailLinkInvalid => Some(("Request a new email", links::forgot(return_to))),
        FormError::EmailLinkOfAnotherUser | FormError::LinkExpired => Some(("Sign in", links::login(return_to))),
        FormError::LastSignInMethod => Some(("Add a way to sign in", SettingsPage::Security.path().into())),
        FormError::EmailNeeded => Some(("Add email address", "/settings/email".into())),
        FormError::OwnAccount => Some(("Go to settings", "/settings".into())),
        FormError::Busy
        | FormError::SecondFactorWrong
        | FormError::TooManyCodes
        | FormError::SecondFactorNeeded
        | FormError::SecondFactorRequired
        | FormError::EnrolmentExpired
        | FormError::EmailCodeWrong
        | FormError::EmailCodeExpired
        | FormError::TooManyEmails
        | FormError::EmailInvalid
        | FormError::EmailUnchanged
        | FormError::PasswordShort
        | FormError::PasswordLong
        | FormError::PasswordCommon
        | FormError::PasswordBreached
        | FormError::PasswordPersonal
        | FormError::SignUpNotPermitted
        | FormError::ReauthenticationMismatch
        | FormError::LinkedElsewhere
        | FormError::ConfirmationMissing
        | FormError::ProviderUnavailable
        | FormError::ProviderUnusable
        | FormError::SiteMisconfigured
        | FormError::NotFound
        | FormError::ScopeDeclined
        | FormError::AccountMismatch
        | FormError::PasskeyInvalid
        | FormError::PasskeyUnknown
        | FormError::PasskeyExpired
        | FormError::PasskeyExists
        | FormError::TooManyPasskeys
        | FormError::TooManyIdentities
        | FormError::TooManyChanges
        | FormError::NameNeeded
        | FormError::ServerError => None,
    }
}
