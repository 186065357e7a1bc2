//! One thing that was looked at, and how it looks.

use serde::Serialize;

/// How something looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// As it should be.
    Ok,
    /// As it may be; worth knowing.
    Hint,
    /// It works, and will not for long, or not for everybody.
    Warning,
    /// People cannot sign in.
    Failure,
}

impl Verdict {
    /// Its word, in the text as in the JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Hint => "hint",
            Self::Warning => "warning",
            Self::Failure => "failure",
        }
    }
}

/// What a finding is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Area {
    /// Variables that were read.
    Settings,
    /// `SECRET_KEY` or its file.
    SecretKey,
    /// The database.
    Database,
    /// The keys that access tokens are signed with.
    SigningKeys,
    /// One provider.
    Provider {
        /// Its slug.
        slug: String,
        /// Its name for people.
        label: String,
    },
}

impl Area {
    /// Its word in the JSON.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Settings => "settings",
            Self::SecretKey => "secret_key",
            Self::Database => "database",
            Self::SigningKeys => "signing_keys",
            Self::Provider { .. } => "provider",
        }
    }

    /// The slug, where it is a provider.
    pub fn provider(&self) -> Option<&str> {
        match self {
            Self::Provider { slug, .. } => Some(slug),
            _ => None,
        }
    }

    /// Its title for people.
    pub(super) fn title(&self) -> String {
        match self {
            Self::Settings => "Settings".to_owned(),
            Self::SecretKey => "Secret key".to_owned(),
            Self::Database => "Database".to_owned(),
            Self::SigningKeys => "Signing keys".to_owned(),
            Self::Provider { slug, label } => format!("Provider {label} ({slug})"),
        }
    }
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What it is about.
    pub area: Area,
    /// What was looked at: a word that stays from version to version.
    pub check: &'static str,
    /// How it looks.
    pub verdict: Verdict,
    /// What was found, in one line.
    pub message: String,
    /// What to do next, in one line; always there with a warning or a failure.
    pub next: Option<String>,
}

/// The findings of one area, in their order. Its verbs see to it that a warning and a failure say what to do next.
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

    /// Control characters would let a hostile name rewrite the operator's terminal.
    fn push(&mut self, check: &'static str, verdict: Verdict, message: String, next: Option<String>) {
        let one_line = |text: String| text.replace(char::is_control, " ");
        let (message, next) = (one_line(message), next.map(one_line));
        self.list.push(Finding { area: self.area.clone(), check, verdict, message, next });
    }

    /// The verdict of a check, for tests.
    #[cfg(test)]
    pub(super) fn verdict(&self, check: &str) -> Option<Verdict> {
        self.list.iter().find(|finding| finding.check == check).map(|finding| finding.verdict)
    }
}
