//! `/dashboard`.

use super::{CalendarView, Notice, SandboxView};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DashboardView {
    pub notice: Option<Notice>,
    pub name: Option<String>,
    /// The address and whether it is verified.
    pub email: Option<(String, bool)>,
    /// https URL.
    pub picture: Option<String>,
    pub member_since: i64,
    /// What is left to do for a new account, and what is done. Empty for other accounts.
    pub next_steps: Vec<(NextStep, StepState)>,
    /// Oldest first.
    pub identities: Vec<IdentityView>,
    /// The password manager may add a passkey by itself: the person has just signed in with a password, and has none.
    pub upgrades_to_passkey: bool,
    pub calendar: CalendarView,
    pub session: SessionView,
    /// Set while the sandbox stands in for the providers.
    pub sandbox: Option<SandboxView>,
}

/// A step that completes a new account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NextStep {
    /// Without a verified address there is no recovery and no security email.
    AddEmail,
    /// With one sign-in method, losing it loses the account.
    AddMethod,
    ChooseName,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepState {
    Open,
    Done,
}

/// A linked identity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdentityView {
    /// Names it in forms.
    pub id: String,
    /// The provider's name for the person, to distinguish two identities of one provider.
    pub name: Option<String>,
    pub slug: String,
    pub label: String,
    /// The address that the provider returned.
    pub email: Option<String>,
    pub linked_at: i64,
    pub last_used_at: i64,
}

/// The session of this request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionView {
    /// Label of the provider that was used, or "Password".
    pub provider: String,
    pub provider_slug: String,
    /// Browser and operating system, from the user agent.
    pub device: String,
    /// IP address at sign-in.
    pub ip: String,
    pub signed_in_at: i64,
    /// When it expires if it is not used.
    pub idle_until: i64,
    /// When it expires at the latest.
    pub absolute_until: i64,
}
