//! An email, rendered.

use std::collections::BTreeMap;

use super::{html, text, wording};
use crate::accounts::{EmailKind, EmailMessage, EmailToken, SignInMethod, display_name};
use crate::codes::percent::with_query;

/// The site that emails come from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Site {
    /// The public origin (`BASE_URL`), without a trailing slash. Every link points there, except those of `connections`.
    pub origin: String,
    /// Providers' labels by their slugs.
    pub labels: BTreeMap<String, String>,
    /// By slug, the providers' pages on which a person can revoke an app's access.
    pub connections: BTreeMap<String, String>,
}

/// An email as it is sent. No `Debug`: its link is a secret.
#[derive(Clone, PartialEq, Eq)]
pub struct RenderedEmail {
    pub subject: String,
    pub text: String,
    /// A whole document, without external resources.
    pub html: String,
}

/// Deterministic: the same message always renders the same way.
pub fn render(message: &EmailMessage, site: &Site) -> RenderedEmail {
    let content = wording::content(message, site);
    RenderedEmail { subject: content.subject.clone(), text: text::of(&content), html: html::of(&content) }
}

/// What an email says, before it becomes text or HTML. Not escaped, but free of control characters.
pub(super) struct EmailContent {
    pub subject: String,
    pub greeting: String,
    /// What happened.
    pub news: Vec<String>,
    /// To be entered on a page, in groups.
    pub code: Option<String>,
    pub action: Option<Action>,
    /// When and from where it was requested.
    pub cause: String,
    /// What to do if it wasn't you, and the like.
    pub closing: Vec<String>,
    pub sender: String,
}

pub(super) struct Action {
    pub lead: String,
    pub button: &'static str,
    pub link: String,
    /// A sentence on how long the link is valid.
    pub valid: Option<String>,
}

impl Site {
    /// Whatever the token is, it stays one value of the query.
    pub(super) fn link(&self, token: &EmailToken) -> String {
        self.page(&with_query("/auth/email-link", &[("token", token.expose())]))
    }

    pub(super) fn page(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }

    /// The origin without its scheme, as people write it.
    pub(super) fn name(&self) -> &str {
        self.origin.split_once("://").map_or(self.origin.as_str(), |(_, host)| host)
    }

    pub(super) fn label(&self, slug: &str) -> String {
        let label = self.labels.get(slug).map_or(slug, String::as_str);
        // Chosen by the operator, or a slug: no user input.
        display_name(label).unwrap_or_else(|| "a provider".to_owned())
    }

    /// `Google, GitHub or your password`.
    pub(super) fn methods(&self, methods: &[SignInMethod]) -> Option<String> {
        let mut names: Vec<String> = Vec::new();
        for method in methods {
            let name = match method {
                SignInMethod::Password => "your password".to_owned(),
                SignInMethod::Passkey => "a passkey".to_owned(),
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

/// Whether the recipient's address is unverified, or anyone may request this email. It then contains nothing that the
/// requester chose: no name, no account.
pub(super) fn may_reach_a_stranger(kind: &EmailKind) -> bool {
    match kind {
        EmailKind::ConfirmSignUp { .. }
        | EmailKind::AlreadyRegistered { .. }
        | EmailKind::SignUpRefused
        | EmailKind::Invitation { .. }
        | EmailKind::NoAccount
        | EmailKind::ConfirmEmailChange { .. }
        | EmailKind::Code { .. }
        | EmailKind::SignInCode { .. }
        | EmailKind::NoAccountToSignIn
        | EmailKind::EmailTaken => true,
        EmailKind::ResetPassword { .. }
        | EmailKind::NoPassword { .. }
        | EmailKind::NoSignInCode { .. }
        | EmailKind::EmailChanged { .. }
        | EmailKind::MethodAdded { .. }
        | EmailKind::MethodRemoved { .. }
        | EmailKind::PasskeyAdded { .. }
        | EmailKind::PasskeyRemoved { .. }
        | EmailKind::SecondFactorAdded { .. }
        | EmailKind::SecondFactorReplaced { .. }
        | EmailKind::SecondFactorRemoved { .. }
        | EmailKind::RecoveryCodesReplaced
        | EmailKind::RecoveryCodeUsed { .. }
        | EmailKind::PasswordChanged { .. }
        | EmailKind::NewDevice { .. }
        | EmailKind::FailedTries { .. }
        | EmailKind::TokenReused
        | EmailKind::AccountAtRisk { .. }
        | EmailKind::DataDeleted { .. }
        | EmailKind::AccountDeleted { .. } => false,
    }
}
