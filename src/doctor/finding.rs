//! One result of one check.

use serde::Serialize;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Ok,
    /// Works as configured; worth knowing.
    Hint,
    /// Works, but not for long or not for all users.
    Warning,
    /// Users cannot sign in.
    Failure,
}

impl Verdict {
    /// As in the text and the JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Hint => "hint",
            Self::Warning => "warning",
            Self::Failure => "failure",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Area {
    Settings,
    SecretKey,
    Database,
    SigningKeys,
    Mail,
    Provider { slug: String, label: String },
}

impl Area {
    /// As in the JSON.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Settings => "settings",
            Self::SecretKey => "secret_key",
            Self::Database => "database",
            Self::SigningKeys => "signing_keys",
            Self::Mail => "mail",
            Self::Provider { .. } => "provider",
        }
    }

    /// The provider's slug.
    pub fn provider(&self) -> Option<&str> {
        match self {
            Self::Provider { slug, .. } => Some(slug),
            _ => None,
        }
    }

    /// The heading in the text.
    pub(super) fn title(&self) -> String {
        match self {
            Self::Settings => "Settings".to_owned(),
            Self::SecretKey => "Secret key".to_owned(),
            Self::Database => "Database".to_owned(),
            Self::SigningKeys => "Signing keys".to_owned(),
            Self::Mail => "Mail server".to_owned(),
            Self::Provider { slug, label } => format!("Provider {label} ({slug})"),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub area: Area,
    /// The name of the check, stable across versions.
    pub check: &'static str,
    pub verdict: Verdict,
    /// One line.
    pub message: String,
    /// What to do, in one line; every warning and failure has one.
    pub next: Option<String>,
}

/// The findings of one area, in order. Its methods require a next step for a warning and a failure.
#[derive(Debug)]
pub(super) struct Findings {
    area: Area,
    pub(super) list: Vec<Finding>,
}

impl Findings {
    pub(super) fn about(area: Area) -> Self {
        Self { area, list: Vec::new() }
    }

    pub(super) fn ok(&mut self, check: &'static str, message: impl Into<String>) {
        self.push(check, Verdict::Ok, message.into(), None);
    }

    pub(super) fn hint(&mut self, check: &'static str, message: impl Into<String>, next: impl Into<String>) {
        self.push(check, Verdict::Hint, message.into(), Some(next.into()));
    }

    pub(super) fn warning(&mut self, check: &'static str, message: impl Into<String>, next: impl Into<String>) {
        self.push(check, Verdict::Warning, message.into(), Some(next.into()));
    }

    pub(super) fn failure(&mut self, check: &'static str, message: impl Into<String>, next: impl Into<String>) {
        self.push(check, Verdict::Failure, message.into(), Some(next.into()));
    }

    /// Replaces control characters: a hostile name could otherwise rewrite the operator's terminal.
    fn push(&mut self, check: &'static str, verdict: Verdict, message: String, next: Option<String>) {
        let one_line = |text: String| text.replace(char::is_control, " ");
        let (message, next) = (one_line(message), next.map(one_line));
        self.list.push(Finding { area: self.area.clone(), check, verdict, message, next });
    }

    #[cfg(test)]
    pub(super) fn verdict(&self, check: &str) -> Option<Verdict> {
        self.list.iter().find(|finding| finding.check == check).map(|finding| finding.verdict)
    }
}
