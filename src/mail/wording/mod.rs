//! What each email says: what happened, what to do, and what to do if it wasn't you.

mod cause;
mod codes;
mod deletion;
mod email_change;
mod password;
mod revoked_access;
mod second_factor;
mod security;
mod sign_in_methods;
mod sign_up;
mod writer;

pub use writer::link_lifetime;

use writer::Writer;

use super::{
    brand, outside,
    render::{Action, EmailContent, Site, may_reach_a_stranger},
};
use crate::accounts::{EmailKind, EmailMessage};

pub(super) fn content(message: &EmailMessage, site: &Site) -> EmailContent {
    let name = message.name.as_deref().filter(|_| !may_reach_a_stranger(&message.kind)).and_then(outside::words);
    let Words { subject, news, action, closing } = words(&Writer { message, site });
    let code = code(&message.kind);
    EmailContent {
        subject,
        greeting: name.map_or_else(|| "Hello,".to_owned(), |name| format!("Hello {name},")),
        news,
        code,
        action,
        cause: cause::cause(message, site),
        closing,
        sender: format!("{} at {}. This is an automated message. Please don't reply.", brand::NAME, site.name()),
    }
}

/// The code that the recipient enters, in groups.
fn code(kind: &EmailKind) -> Option<String> {
    match kind {
        EmailKind::Code { code } | EmailKind::SignInCode { code } => Some(code.grouped()),
        _ => None,
    }
}

/// What differs from email to email.
struct Words {
    subject: String,
    news: Vec<String>,
    action: Option<Action>,
    closing: Vec<String>,
}

const NOTHING_TO_DO: &str = "If this was you, you don't need to do anything.";
const CHECK: &str = "If this wasn't you, sign in and check your sign-in methods and devices:";
const NOTHING_REVEALED: &str =
    "If this wasn't you, ignore this email. Nobody was signed in, and we didn't reveal that you have an account.";

fn words(writer: &Writer<'_>) -> Words {
    match &writer.message.kind {
        EmailKind::ConfirmSignUp { token: link } => sign_up::confirm(writer, link),
        EmailKind::AlreadyRegistered { methods: known } => sign_up::already_registered(writer, known),
        EmailKind::SignUpRefused => sign_up::refused(writer),
        EmailKind::Invitation { token: link } => sign_up::invitation(writer, link),
        EmailKind::ResetPassword { token: link } => password::reset(writer, link),
        EmailKind::NoPassword { methods: known } => password::no_password(writer, known),
        EmailKind::NoAccount => password::no_account(writer),
        EmailKind::PasswordChanged { first, undo: link } => password::changed(writer, *first, link),
        EmailKind::Code { code } => codes::code(writer, code),
        EmailKind::SignInCode { code } => codes::sign_in_code(writer, code),
        EmailKind::NoSignInCode { methods: known } => codes::no_sign_in_code(writer, known),
        EmailKind::NoAccountToSignIn => codes::no_account_to_sign_in(writer),
        EmailKind::ConfirmEmailChange { token: link } => email_change::confirm(writer, link),
        EmailKind::EmailTaken => email_change::taken(writer),
        EmailKind::EmailChanged { new, undo: link } => email_change::changed(writer, new, link),
        EmailKind::MethodAdded { provider, account, undo: link } => {
            sign_in_methods::method_added(writer, provider, account.as_deref(), link)
        }
        EmailKind::MethodRemoved { provider, account, revoked_access } => {
            sign_in_methods::method_removed(writer, provider, account.as_deref(), revoked_access)
        }
        EmailKind::PasskeyAdded { passkey, undo: link } => sign_in_methods::passkey_added(writer, passkey, link),
        EmailKind::PasskeyRemoved { passkey } => sign_in_methods::passkey_removed(writer, passkey),
        EmailKind::SecondFactorAdded { undo: link } => second_factor::added(writer, link),
        EmailKind::SecondFactorReplaced { undo: link } => second_factor::replaced(writer, link),
        EmailKind::SecondFactorRemoved { undo: link } => second_factor::removed(writer, link),
        EmailKind::RecoveryCodesReplaced => second_factor::recovery_codes_replaced(writer),
        EmailKind::RecoveryCodeUsed { left } => second_factor::recovery_code_used(writer, *left),
        EmailKind::NewDevice { failed, not_me: link } => security::new_device(writer, *failed, link),
        EmailKind::FailedTries { failed } => security::failed_tries(writer, *failed),
        EmailKind::TokenReused => security::token_reused(writer),
        EmailKind::AccountAtRisk { provider } => security::account_at_risk(writer, provider),
        EmailKind::DataDeleted { provider, with_account: true } => {
            deletion::account_deleted_at_provider(writer, provider)
        }
        EmailKind::DataDeleted { provider, with_account: false } => {
            deletion::data_deleted_at_provider(writer, provider)
        }
        EmailKind::AccountDeleted { revoked_access } => deletion::account_deleted(writer, revoked_access),
    }
}

fn texts<const N: usize>(texts: [&str; N]) -> Vec<String> {
    texts.map(str::to_owned).into()
}
