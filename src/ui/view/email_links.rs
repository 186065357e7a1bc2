//! The pages around emails: `/check-inbox`, `/add-email`, and those that an email's link leads to.

use super::ProviderButton;
use crate::codes::form_error::FormError;

/// `/check-inbox`: the same whether an account exists or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckInboxView {
    pub message: EmailLinkPageView,
    /// The recipient, as this browser typed it.
    pub email: Option<String>,
    pub return_to: Option<String>,
    /// URL of the sandbox's inbox, if it captures the emails.
    pub inbox: Option<String>,
    /// When another email can be sent (Unix seconds); `None` if that was not said.
    pub again_at: Option<i64>,
    /// The sign-up waits in this browser, so that its email can be sent again.
    pub keeps_sign_up: bool,
    /// No further email was sent: the address has had as many as it may get for now.
    pub limited: bool,
    /// The mail server is not responding: delivery may take a while.
    pub delayed: bool,
}

/// What the email is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EmailLinkPageView {
    SignUp,
    Reset,
    EmailChange,
}

/// `/verify-email`, `/reset-password`, `/confirm-email`, `/undo` and `/not-me`. The token is in a cookie by then, and in no URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmailLinkView {
    /// `None` if the link was used, has expired, or never existed.
    pub link: Option<EmailLink>,
    pub form_error: Option<FormError>,
    /// A change was just undone, and only the new password is missing; or a session was just ended.
    pub undone: bool,
    /// The name of the user who is signed in.
    pub signed_in: Option<String>,
}

/// What the link does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EmailLink {
    /// `/verify-email`: finishes a sign-up.
    SignUp {
        email: String,
        /// This browser started the sign-up, so one button finishes it. Any other browser must give the chosen password,
        /// or a new one at `/reset-password`: someone else may have signed up with this address.
        asked_here: bool,
        /// When the sign-up started (Unix seconds).
        asked_at: i64,
    },
    /// `/reset-password`.
    Reset { email: String },
    /// `/confirm-email`.
    EmailChange {
        /// The new address.
        email: String,
        /// The person who requested it is signed in here; only they can confirm.
        asked_here: bool,
    },
    /// `/not-me`.
    NotMe {
        /// The account's address.
        email: String,
        /// Browser and operating system of the sign-in, and its IP address.
        device: String,
        ip: Option<String>,
        /// When it was (Unix seconds).
        at: i64,
    },
    /// `/undo`.
    Undo {
        what: Undoing,
        /// The account's address.
        email: String,
    },
}

/// What an undo reverts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Undoing {
    /// A provider (its label) was added.
    MethodAdded(String),
    PasskeyAdded,
    SecondFactorChanged,
    /// The password was set or changed.
    PasswordChanged,
    EmailChanged,
}

/// `/invitation`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvitationView {
    /// The invited address; `None` if the link was used, has expired, or never existed.
    pub email: Option<String>,
    pub providers: Vec<ProviderButton>,
    /// Password sign-in is enabled.
    pub password: bool,
    pub form_error: Option<FormError>,
}

/// `/add-email`: the provider returned no verified address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddEmailView {
    /// The provider's label.
    pub provider: String,
    /// The address that was just submitted, or the provider's unverified one.
    pub email: Option<String>,
    /// The rest of the site stays closed without one.
    pub required: bool,
    pub return_to: String,
    pub form_error: Option<FormError>,
}
