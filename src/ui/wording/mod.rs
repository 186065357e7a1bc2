//! The texts, apart from their layout: one sentence and one next step for everything that can go wrong. Every match is
//! exhaustive, so a code without a sentence does not compile.

pub mod access;
pub mod files;

mod api;
mod done;
mod error_pages;
mod form_error;
mod session_end;
mod sign_in_errors;
mod unsent;
mod webmail;

pub use api::{calendar_step, provider_api_error};
pub use done::done;
pub use error_pages::error_page;
pub use form_error::{Concern, concern, form_error, is_about_a_password};
pub use unsent::{UnsentWords, unsent};
pub use webmail::webmail;

use super::view::{LoginView, Notice};
use crate::codes::settings_page::SettingsPage;

/// A sentence, what to do about it, and the link that does it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    pub tone: Tone,
    /// One sentence.
    pub happened: String,
    /// What to do next, in words that make sense without the link.
    pub advice: String,
    pub step: Option<Step>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Information.
    Quiet,
    /// The person's own choice, or something that passes.
    Mild,
    /// Something did not work.
    Serious,
}

/// A link that carries out the advice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    pub text: String,
    pub href: String,
}

/// On the login page.
pub fn notice(notice: &Notice, login: &LoginView) -> Message {
    match notice {
        Notice::Refused { sign_in_error, provider, slug } => {
            sign_in_errors::of_a_sign_in(*sign_in_error, provider.as_deref(), slug.as_deref(), login)
        }
        Notice::SignedOut => sign_in_errors::signed_out(login),
        Notice::FormError(it) => form_error(*it, login.return_to.as_deref()),
        Notice::Done(it) => done(*it, login.return_to.as_deref()),
        Notice::SignInFirst { ended, unsent } => {
            session_end::sign_in_first(*ended, *unsent, login.return_to.as_deref())
        }
    }
}

/// On a signed-in page: the round trip to the provider was no sign-in.
pub fn notice_inside(notice: &Notice) -> Message {
    match notice {
        Notice::Refused { sign_in_error, provider, .. } => {
            sign_in_errors::of_a_round_trip(*sign_in_error, provider.as_deref())
        }
        Notice::FormError(it) => form_error(*it, None),
        Notice::Done(it) => done(*it, None),
        Notice::SignInFirst { .. } | Notice::SignedOut => session_end::sign_in_first(None, false, None),
    }
}

pub fn settings_page(page: SettingsPage) -> &'static str {
    match page {
        SettingsPage::Account => "Account",
        SettingsPage::Security => "Security",
        SettingsPage::Connections => "Connections",
        SettingsPage::Activity => "Activity and data",
    }
}

/// Whether a screen reader should announce it at once.
pub fn is_alarming(notice: &Notice) -> bool {
    match notice {
        Notice::Refused { .. } | Notice::FormError(_) => true,
        Notice::Done(_) | Notice::SignInFirst { .. } | Notice::SignedOut => false,
    }
}

/// The title also reports an error: screen readers read it first.
pub fn title_of(page: &str, failed: bool) -> String {
    if failed { format!("Error: {}", title(page)) } else { title(page) }
}

/// A document's title.
pub fn title(page: &str) -> String {
    format!("{page} · Latchkey")
}
