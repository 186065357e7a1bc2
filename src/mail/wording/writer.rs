//! What emails have in common: their links, and the sentences around them.

use time::Duration;

use crate::{
    accounts::{EMAIL_CODE_LIFETIME, EmailKind, EmailMessage, EmailToken, LinkKind, SignInMethod},
    mail::{
        dates,
        render::{Action, Site},
    },
};

/// How long the email's link or code is valid, counted from its cause; `None` for an email without one.
pub fn link_lifetime(kind: &EmailKind) -> Option<Duration> {
    match kind {
        EmailKind::Code { .. } | EmailKind::SignInCode { .. } => Some(EMAIL_CODE_LIFETIME),
        kind => kind.link().map(LinkKind::lifetime),
    }
}

/// Of one email.
pub(super) struct Writer<'a> {
    pub message: &'a EmailMessage,
    pub site: &'a Site,
}

impl Writer<'_> {
    /// The site's name.
    pub fn at(&self) -> &str {
        self.site.name()
    }

    /// A link that works once. `valid_for` is its lifetime in words.
    pub fn token(&self, token: &EmailToken, lead: &str, button: &'static str, valid_for: &str) -> Option<Action> {
        let cause = &self.message.cause;
        let until = link_lifetime(&self.message.kind).map(|lifetime| cause.at.saturating_add(lifetime.whole_seconds()));
        let valid = until.map(|until| {
            let until = dates::words(until, cause.zone.as_deref());
            format!("The link works once and expires in {valid_for} ({until}).")
        });
        Some(Action { lead: lead.to_owned(), button, link: self.site.link(token), valid })
    }

    pub fn undo(&self, undo: &EmailToken) -> Option<Action> {
        self.token(undo, "If this wasn't you, undo this change:", "Undo this change", "seven days")
    }

    /// What was there before cannot come back: the link signs everybody out, and asks for a new password.
    pub fn protect(&self, undo: &EmailToken) -> Option<Action> {
        self.token(undo, "If this wasn't you, protect your account:", "Protect my account", "seven days")
    }

    pub fn page(&self, lead: &str, button: &'static str, path: &str) -> Option<Action> {
        Some(Action { lead: lead.to_owned(), button, link: self.site.page(path), valid: None })
    }

    /// How the user signs in otherwise.
    pub fn methods(&self, methods: &[SignInMethod]) -> String {
        match self.site.methods(methods) {
            Some(methods) => format!("You sign in with {methods}."),
            None => "Sign in the way you did before.".to_owned(),
        }
    }
}
