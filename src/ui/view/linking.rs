//! `/link` and `/confirm`.

use super::{Notice, ProviderButton};

/// `/link`: a new identity has the email address of an existing user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkPromptView {
    /// Names the pending link in the page's forms.
    pub id: String,
    /// Label of the new identity's provider.
    pub provider: String,
    pub slug: String,
    /// The address that the provider returned.
    pub email: String,
    /// The account's providers that are enabled here.
    pub methods: Vec<ProviderButton>,
    /// The account's providers that are disabled here: labels.
    pub methods_off: Vec<String>,
    /// The account has a password.
    pub password: bool,
    /// The account has a passkey.
    pub passkey: bool,
    /// The person is signed in to this account, and recently authenticated: one button links.
    pub signed_in: bool,
    pub notice: Option<Notice>,
}

/// `/confirm`: re-authentication before a sensitive step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfirmView {
    /// Email address or name of the person signed in.
    pub who: String,
    pub methods: Vec<ProviderButton>,
    /// The account has a password.
    pub password: bool,
    /// The account has a passkey.
    pub passkey: bool,
    /// The account has an authenticator app: a password alone is not enough.
    pub app: bool,
    pub email_code: EmailCodeView,
    pub return_to: String,
    pub notice: Option<Notice>,
}

/// Re-authentication by a code from an email.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum EmailCodeView {
    /// Something stronger is there, or no address that a code could be sent to.
    #[default]
    Unavailable,
    Offered {
        /// The address that a code would be sent to.
        email: String,
    },
    Sent {
        email: String,
        /// From the link in the email; the form has it filled in.
        code: Option<String>,
        /// The page with the emails, where the sandbox captures them.
        inbox: Option<String>,
    },
}
