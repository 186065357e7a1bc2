//! A letter, drawn.

use std::collections::BTreeMap;

use super::{html, text, wording};
use crate::accounts::{EmailKind, EmailMessage, EmailToken, SignInMethod, display_name};

/// What letters know of the house that they come from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Site {
    /// The public origin (`BASE_URL`), without a slash at the end. Every link leads there, but those of `connections`.
    pub origin: String,
    /// Providers' labels by their slugs.
    pub labels: BTreeMap<String, String>,
    /// By slug, the pages of providers on which a person takes back what they let us see.
    pub connections: BTreeMap<String, String>,
}

/// A letter as it is sent. There is no `Debug`: the link in it is a secret.
#[derive(Clone, PartialEq, Eq)]
pub struct RenderedEmail {
    /// One line.
    pub subject: String,
    /// Plain text.
    pub text: String,
    /// A whole document, which loads nothing from anywhere.
    pub html: String,
}

/// Draws a letter. The same letter is drawn the same way, always.
pub fn render(message: &EmailMessage, site: &Site) -> RenderedEmail {
    let content = wording::content(message, site);
    RenderedEmail { subject: content.subject.clone(), text: text::of(&content), html: html::of(&content) }
}

/// A letter in words, before it is set as text or as HTML. Nothing in it is escaped, everything is clean of control
/// characters.
pub(super) struct EmailContent {
    pub subject: String,
    pub greeting: String,
    /// What happened.
    pub news: Vec<String>,
    /// What to do, if there is something: a line, the words of the button, where it leads.
    pub action: Option<Action>,
    /// When and from where it was asked for.
    pub cause: String,
    /// If this was not you, and whatever else is to be said.
    pub closing: Vec<String>,
    /// Who writes.
    pub sender: String,
}

pub(super) struct Action {
    pub lead: String,
    pub button: &'static str,
    pub link: String,
    /// How long the link is valid.
    pub valid: Option<String>,
}

impl Site {
    /// The link of a letter. Whatever the token is, it stays a value of the query.
    pub(super) fn link(&self, token: &EmailToken) -> String {
        let token: String = url::form_urlencoded::byte_serialize(token.expose().as_bytes()).collect();
        format!("{}/auth/email-link?token={token}", self.origin)
    }

    /// A page of ours.
    pub(super) fn page(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }

    /// The origin without its scheme, as people say it.
    pub(super) fn name(&self) -> &str {
        self.origin.split_once("://").map_or(self.origin.as_str(), |(_, host)| host)
    }

    pub(super) fn label(&self, slug: &str) -> String {
        let label = self.labels.get(slug).map_or(slug, String::as_str);
        // The operator's own word, or a slug: no stranger's.
        display_name(label).unwrap_or_else(|| "a provider".to_owned())
    }

    /// `Google, GitHub or your password`.
    pub(super) fn methods(&self, methods: &[SignInMethod]) -> Option<String> {
        let mut names: Vec<String> = Vec::new();
        for method in methods {
            let name = match method {
                SignInMethod::Password => "your password".to_owned(),
                SignInMethod::Provider(slug) => self.label(slug),
            };
            if !names.contains(&name) {
                names.push(name);
            }
        }
        let last = names.pop()?;
        Some(if names.is_empty() { last } else { format!("{} or {last}", names.join(", ")) })
    }
}

/// Whether a letter goes to an address that nobody has proven to be theirs, or is asked for by somebody who need not be
/// its owner. It holds no word that the asker chose then: no name, no account.
pub(super) fn is_to_a_stranger(matter: &EmailKind) -> bool {
    match matter {
        EmailKind::ConfirmSignUp { .. }
        | EmailKind::AlreadyRegistered { .. }
        | EmailKind::NoAccount
        | EmailKind::ConfirmEmailChange { .. }
        | EmailKind::EmailTaken => true,
        EmailKind::ResetPassword { .. }
        | EmailKind::NoPassword { .. }
        | EmailKind::EmailChanged { .. }
        | EmailKind::MethodAdded { .. }
        | EmailKind::MethodRemoved { .. }
        | EmailKind::PasswordChanged { .. }
        | EmailKind::TokenReused
        | EmailKind::AccountDeleted { .. } => false,
    }
}
