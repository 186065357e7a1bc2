//! The content of emails; the room `mail` words it.

use std::fmt;

use serde::{Deserialize, Serialize};
use time::Duration;

use super::email::EmailAddress;
use super::email_code::EmailCode;
use super::linking_context::SignInMethod;
use crate::codes::access::Access;

/// Serialized only to be sealed: it may hold a token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmailMessage {
    pub to: EmailAddress,
    /// The recipient's name.
    pub name: Option<String>,
    pub kind: EmailKind,
    pub cause: Cause,
}

/// The request that caused an email, for "if this wasn't you".
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cause {
    /// Unix seconds.
    pub at: i64,
    pub device: String,
    /// Empty if no request caused the email.
    pub ip: String,
    /// The name of the time zone in which the email writes times; UTC without one.
    #[serde(default)]
    pub zone: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum EmailKind {
    /// The link creates the account.
    ConfirmSignUp {
        token: EmailToken,
    },
    /// Someone tried to sign up with the email address of an account. Nothing has changed.
    AlreadyRegistered {
        methods: Vec<SignInMethod>,
    },
    /// Someone tried to sign up with an email address that the policy does not admit. Nothing has changed.
    SignUpRefused,
    /// The link lets its recipient create an account.
    Invitation {
        token: EmailToken,
    },
    ResetPassword {
        token: EmailToken,
    },
    /// A reset was requested for an account without a password: points to its providers.
    NoPassword {
        methods: Vec<SignInMethod>,
    },
    /// A reset was requested for an email address without an account.
    NoAccount,
    ConfirmEmailChange {
        token: EmailToken,
    },
    /// Another user tried to change to this email address. Nothing has changed.
    EmailTaken,
    /// To the old email address.
    EmailChanged {
        new: EmailAddress,
        undo: EmailToken,
    },
    MethodAdded {
        /// The provider's slug.
        provider: String,
        /// The email address or name of the account there.
        account: Option<String>,
        undo: EmailToken,
    },
    MethodRemoved {
        /// The provider's slug.
        provider: String,
        account: Option<String>,
        revoked_access: Vec<RevokedAccess>,
    },
    PasskeyAdded {
        /// Its name.
        passkey: String,
        undo: EmailToken,
    },
    PasskeyRemoved {
        passkey: String,
    },
    SecondFactorAdded {
        undo: EmailToken,
    },
    /// Another authenticator app replaced the one before.
    SecondFactorReplaced {
        undo: EmailToken,
    },
    SecondFactorRemoved {
        undo: EmailToken,
    },
    /// New ones replaced those before.
    RecoveryCodesReplaced,
    RecoveryCodeUsed {
        /// Codes that are left.
        left: u32,
    },
    PasswordChanged {
        /// There was no password before.
        first: bool,
        undo: EmailToken,
    },
    /// A sign-in in a browser or program that the user has not signed in with before.
    NewDevice {
        /// Failed tries within the last day.
        failed: u32,
        not_me: EmailToken,
    },
    /// Many wrong passwords or codes.
    FailedTries {
        /// How many, within the last day.
        failed: u32,
    },
    /// Re-authenticates in the browser that asked for it.
    Code {
        code: EmailCode,
    },
    /// Signs in in the browser that asked for it.
    SignInCode {
        code: EmailCode,
    },
    /// A code to sign in was requested for an account that may not sign in so: points to its other methods.
    NoSignInCode {
        methods: Vec<SignInMethod>,
    },
    /// A code to sign in was requested for an email address without an account.
    NoAccountToSignIn,
    /// A rotated refresh token was presented again; its session has ended.
    TokenReused,
    /// A provider reported that someone else may have its account of the user. All sessions have ended.
    AccountAtRisk {
        /// The provider's slug.
        provider: String,
    },
    AccountDeleted {
        revoked_access: Vec<RevokedAccess>,
    },
}

/// Access to a provider's data that is revoked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevokedAccess {
    /// The provider's slug.
    pub provider: String,
    pub sees: Vec<Access>,
}

/// Who waits for an email. Those that strangers can cause stand behind the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EmailPriority {
    /// It announces a change of the account.
    Security,
    /// Its link continues what someone began.
    Requested,
    /// It answers a request that leads nowhere: nobody waits for it.
    Unasked,
}

impl EmailKind {
    pub const fn priority(&self) -> EmailPriority {
        match self {
            Self::EmailChanged { .. }
            | Self::MethodAdded { .. }
            | Self::MethodRemoved { .. }
            | Self::PasskeyAdded { .. }
            | Self::PasskeyRemoved { .. }
            | Self::SecondFactorAdded { .. }
            | Self::SecondFactorReplaced { .. }
            | Self::SecondFactorRemoved { .. }
            | Self::RecoveryCodesReplaced
            | Self::RecoveryCodeUsed { .. }
            | Self::PasswordChanged { .. }
            | Self::NewDevice { .. }
            | Self::FailedTries { .. }
            | Self::TokenReused
            | Self::AccountAtRisk { .. }
            | Self::AccountDeleted { .. } => EmailPriority::Security,
            Self::ConfirmSignUp { .. }
            | Self::Invitation { .. }
            | Self::ResetPassword { .. }
            | Self::ConfirmEmailChange { .. }
            | Self::SignInCode { .. }
            | Self::Code { .. } => EmailPriority::Requested,
            Self::AlreadyRegistered { .. }
            | Self::SignUpRefused
            | Self::NoPassword { .. }
            | Self::NoAccount
            | Self::NoSignInCode { .. }
            | Self::NoAccountToSignIn
            | Self::EmailTaken => EmailPriority::Unasked,
        }
    }

    /// `None` if the email has no link with a token.
    pub const fn link(&self) -> Option<LinkKind> {
        match self {
            Self::ConfirmSignUp { .. } => Some(LinkKind::SignUp),
            Self::Invitation { .. } => Some(LinkKind::Invitation),
            Self::ResetPassword { .. } => Some(LinkKind::Reset),
            Self::ConfirmEmailChange { .. } => Some(LinkKind::ChangeEmail),
            Self::EmailChanged { .. }
            | Self::MethodAdded { .. }
            | Self::PasskeyAdded { .. }
            | Self::SecondFactorAdded { .. }
            | Self::SecondFactorReplaced { .. }
            | Self::SecondFactorRemoved { .. }
            | Self::PasswordChanged { .. } => Some(LinkKind::Undo),
            Self::NewDevice { .. } => Some(LinkKind::NotMe),
            Self::AlreadyRegistered { .. }
            | Self::SignUpRefused
            | Self::NoPassword { .. }
            | Self::NoAccount
            | Self::EmailTaken
            | Self::MethodRemoved { .. }
            | Self::Code { .. }
            | Self::SignInCode { .. }
            | Self::NoSignInCode { .. }
            | Self::NoAccountToSignIn
            | Self::RecoveryCodesReplaced
            | Self::RecoveryCodeUsed { .. }
            | Self::PasskeyRemoved { .. }
            | Self::FailedTries { .. }
            | Self::TokenReused
            | Self::AccountAtRisk { .. }
            | Self::AccountDeleted { .. } => None,
        }
    }
}

/// What a link in an email does. It works once, within its lifetime.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkKind {
    SignUp,
    Reset,
    ChangeEmail,
    Undo,
    Invitation,
    /// Ends the session of a sign-in that the user does not recognise.
    NotMe,
}

impl LinkKind {
    pub const ALL: [Self; 6] =
        [Self::SignUp, Self::Reset, Self::ChangeEmail, Self::Undo, Self::Invitation, Self::NotMe];

    pub const fn code(self) -> &'static str {
        match self {
            Self::SignUp => "sign_up",
            Self::Reset => "reset",
            Self::ChangeEmail => "change_email",
            Self::Undo => "undo",
            Self::Invitation => "invitation",
            Self::NotMe => "not_me",
        }
    }

    /// The user who requests a reset waits for it; an undo may be read much later.
    pub const fn lifetime(self) -> Duration {
        match self {
            Self::SignUp | Self::ChangeEmail => Duration::DAY,
            Self::Reset => Duration::minutes(30),
            Self::Undo | Self::Invitation | Self::NotMe => Duration::WEEK,
        }
    }
}

/// The secret in a link: 256 random bits as base64url. The database keeps its hash, and the outbox a sealed copy until
/// the email is delivered. Does not print.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EmailToken(String);

impl EmailToken {
    pub fn new(text: String) -> Self {
        Self(text)
    }

    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for EmailToken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("EmailToken(…)")
    }
}
