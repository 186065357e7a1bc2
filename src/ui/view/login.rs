//! `/login`, `/signup`, `/forgot`.

use std::{fmt, sync::Arc};

use super::{Notice, ProviderButton};
use crate::codes::form_error::FormError;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LoginView {
    /// In the order to show them.
    pub providers: Vec<ProviderButton>,
    /// A checked path on this site.
    pub return_to: Option<String>,
    pub notice: Option<Notice>,
    /// Password sign-in is enabled: email can be delivered.
    pub password: bool,
    /// A code by email signs in.
    pub email_codes: bool,
    /// The first name or the masked address of the account that this browser signed in to last, with the provider that is
    /// [`last_used`](ProviderButton::last_used).
    pub last_account: Option<String>,
    /// This browser signed in with a password last.
    pub password_last_used: bool,
    /// Passkeys are enabled.
    pub passkeys: bool,
    /// This browser signed in with a passkey last.
    pub passkey_last_used: bool,
    /// The address that was just submitted, so that it need not be typed again.
    pub email: Option<String>,
    /// Set while the sandbox stands in for the providers.
    pub sandbox: Option<SandboxView>,
    /// The sandbox's account that fills the form, by its place.
    pub demo: Option<usize>,
    /// In development: failed sign-ins are recorded, and the page says where.
    pub is_recorded: bool,
}

impl LoginView {
    /// Whether a browser sees it that comes for the first time: nothing in it is about this browser or its URL.
    pub fn is_everyones(&self) -> bool {
        let Self { providers, return_to, notice, email, last_account, demo, .. } = self;
        let is_new = !self.password_last_used && !self.passkey_last_used && !providers.iter().any(|it| it.last_used);
        is_new && return_to.is_none() && notice.is_none() && email.is_none() && last_account.is_none() && demo.is_none()
    }

    /// Email address and password that fill the form: of the sandbox only.
    pub fn demo_account(&self) -> Option<&(String, String)> {
        self.sandbox.as_ref()?.accounts.get(self.demo?)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SandboxView {
    pub origin: String,
    /// URL of the captured emails.
    pub inbox: String,
    pub emails: InboxCount,
    /// Local accounts to try: email address and password.
    pub accounts: Vec<(String, String)>,
}

/// How many emails the sandbox has captured by now.
#[derive(Clone)]
pub struct InboxCount(Arc<dyn Fn() -> usize + Send + Sync>);

impl InboxCount {
    pub fn new(count: impl Fn() -> usize + Send + Sync + 'static) -> Self {
        Self(Arc::new(count))
    }

    pub fn get(&self) -> usize {
        (self.0)()
    }
}

impl fmt::Debug for InboxCount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} emails", self.get())
    }
}

impl PartialEq for InboxCount {
    fn eq(&self, other: &Self) -> bool {
        self.get() == other.get()
    }
}

impl Eq for InboxCount {}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SignUpView {
    pub providers: Vec<ProviderButton>,
    /// Password sign-in is enabled.
    pub password: bool,
    pub return_to: Option<String>,
    /// The address that was just submitted.
    pub email: Option<String>,
    pub form_error: Option<FormError>,
    pub admits: AdmitsView,
}

/// Who may sign up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum AdmitsView {
    #[default]
    Everyone,
    Invited,
    /// Users with an email address in one of these domains, and those who were invited.
    Domains(Vec<String>),
    NoOne,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ForgotView {
    pub return_to: Option<String>,
    /// The address that was just submitted.
    pub email: Option<String>,
    pub form_error: Option<FormError>,
}
