//! What is said, apart from how it looks: one sentence and one next step for everything that can go wrong. Every
//! match is exhaustive, so a code without a sentence does not compile.

pub mod access;
pub mod files;

mod api;
mod done;
mod error_pages;
mod form_error;
mod sign_in_errors;

pub use api::{api_failure, calendar_step};
pub use done::done;
pub use error_pages::problem;
pub use form_error::{Concern, concern, form_error, is_about_a_password};

use super::view::{LoginView, Notice};

/// A sentence, what to do about it, and the link that does it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// How loud it is.
    pub tone: Tone,
    /// What happened, one sentence.
    pub happened: String,
    /// What to do next, in words that make sense without the link.
    pub advice: String,
    /// The shortest way to do it, where there is one.
    pub step: Option<Step>,
}

/// How loud a notice is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Good to know.
    Quiet,
    /// Nobody's fault; the person's own choice, or a matter of waiting.
    Mild,
    /// Something did not work.
    Serious,
}

/// A link that carries out the advice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What the link says.
    pub text: String,
    /// Where it leads.
    pub href: String,
}

/// What the login page says above its buttons.
pub fn notice(notice: &Notice, login: &LoginView) -> Message {
    match notice {
        Notice::Refused { sign_in_error, provider, slug } => {
            sign_in_errors::of_a_sign_in(*sign_in_error, provider.as_deref(), slug.as_deref(), login)
        }
        Notice::SignedOut => sign_in_errors::signed_out(login),
        Notice::FormError(it) => form_error(*it, login.return_to.as_deref()),
        Notice::Done(it) => done(*it, login.return_to.as_deref()),
        Notice::SignInFirst => sign_in_first(),
    }
}

/// What a page behind the sign-in says: nobody was to be signed in there, but a provider was asked for something.
pub fn notice_inside(notice: &Notice) -> Message {
    match notice {
        Notice::Refused { sign_in_error, provider, .. } => {
            sign_in_errors::of_a_round_trip(*sign_in_error, provider.as_deref())
        }
        Notice::FormError(it) => form_error(*it, None),
        Notice::Done(it) => done(*it, None),
        Notice::SignInFirst | Notice::SignedOut => sign_in_first(),
    }
}

/// Whether a screen reader should interrupt for it: something did not work.
pub fn is_alarming(notice: &Notice) -> bool {
    match notice {
        Notice::Refused { .. } | Notice::FormError(_) => true,
        Notice::Done(_) | Notice::SignInFirst | Notice::SignedOut => false,
    }
}

/// The title of a page that may say what went wrong: who hears titles and sees no pages hears it first.
pub fn title_of(page: &str, failed: bool) -> String {
    if failed { format!("Error: {}", title(page)) } else { title(page) }
}

/// A document's title. It is written into the head as it is, so that no text from outside may be in it.
pub fn title(page: &str) -> String {
    format!("{page} · Latchkey")
}

fn sign_in_first() -> Message {
    Message {
        tone: Tone::Quiet,
        happened: "That page is for people who are signed in.".into(),
        advice: "Sign in and you go straight there.".into(),
        step: None,
    }
}
