//! What our letters say, before it is put into words.
//!
//! A letter that announces a change is queued in the transaction that makes the change; whoever delivers it draws it.

use std::fmt;

use serde::{Deserialize, Serialize};
use time::Duration;

use super::email::EmailAddress;
use super::linking_context::SignInMethod;
use crate::codes::access::Access;

/// A letter to one address. Serialized only into something sealed: it may hold a token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmailMessage {
    /// The one recipient.
    pub to: EmailAddress,
    /// What to call them, where we know it.
    pub name: Option<String>,
    /// What it says.
    pub matter: EmailKind,
    /// The request that caused it.
    pub cause: Cause,
}

/// The request that caused a letter, for "if this was not you".
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cause {
    /// Unix seconds.
    pub at: i64,
    /// Browser and system in words.
    pub device: String,
    /// The client's network address.
    pub address: String,
}

/// What a letter is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum EmailKind {
    /// Somebody signs up with this address: the link finishes it. Valid a day.
    ConfirmSignUp {
        /// The link's token.
        token: EmailToken,
    },
    /// Somebody signs up with this address, which has an account: nothing was changed.
    AlreadyRegistered {
        /// How its owner signs in.
        methods: Vec<SignInMethod>,
    },
    /// The password was forgotten: the link leads to a new one. Valid half an hour.
    ResetPassword {
        /// The link's token.
        token: EmailToken,
    },
    /// The password was forgotten, but there is none: the providers are the way in, and the way to recover.
    NoPassword {
        /// How its owner signs in.
        methods: Vec<SignInMethod>,
    },
    /// The password was forgotten for an address that has no account.
    NoAccount,
    /// This address is to become an account's: the link confirms it. Valid a day.
    ConfirmEmailChange {
        /// The link's token.
        token: EmailToken,
    },
    /// Somebody wants to give this address to their account, and it has one already: nothing was changed.
    EmailTaken,
    /// To the old address: the account has another one now.
    EmailChanged {
        /// The new address.
        new: EmailAddress,
        /// Takes it back. Valid seven days.
        undo: EmailToken,
    },
    /// A provider became a way in.
    MethodAdded {
        /// The provider's slug.
        provider: String,
        /// The account there: its address or name.
        account: Option<String>,
        /// Takes it back. Valid seven days.
        undo: EmailToken,
    },
    /// A provider is a way in no more.
    MethodRemoved {
        /// The provider's slug.
        provider: String,
        /// The account there.
        account: Option<String>,
        /// What we see no more with it.
        revoked_access: Vec<RevokedAccess>,
    },
    /// A password was set where there was none, or changed.
    PasswordChanged {
        /// It is the first one.
        first: bool,
        /// Takes it back. Valid seven days.
        undo: EmailToken,
    },
    /// A refresh token came a second time: its session was ended.
    TokenReused,
    /// The account was deleted.
    AccountDeleted {
        /// What we see no more with it.
        revoked_access: Vec<RevokedAccess>,
    },
}

/// What a person let us see at a provider, and what is given back there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevokedAccess {
    /// The provider's slug.
    pub provider: String,
    /// What we saw.
    pub sees: Vec<Access>,
}

impl EmailKind {
    /// What its link does; `None` for a letter whose links carry no token.
    pub const fn link(&self) -> Option<LinkKind> {
        match self {
            Self::ConfirmSignUp { .. } => Some(LinkKind::SignUp),
            Self::ResetPassword { .. } => Some(LinkKind::Reset),
            Self::ConfirmEmailChange { .. } => Some(LinkKind::ChangeEmail),
            Self::EmailChanged { .. } | Self::MethodAdded { .. } | Self::PasswordChanged { .. } => Some(LinkKind::Undo),
            Self::AlreadyRegistered { .. }
            | Self::NoPassword { .. }
            | Self::NoAccount
            | Self::EmailTaken
            | Self::MethodRemoved { .. }
            | Self::TokenReused
            | Self::AccountDeleted { .. } => None,
        }
    }
}

/// What the link of a letter does. It works once, and not for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkKind {
    /// Finishes a sign-up.
    SignUp,
    /// Leads to a new password.
    Reset,
    /// Confirms a new address.
    ChangeEmail,
    /// Takes a change back.
    Undo,
}

impl LinkKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::SignUp, Self::Reset, Self::ChangeEmail, Self::Undo];

    /// The kind in `snake_case`, as the database keeps it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::SignUp => "sign_up",
            Self::Reset => "reset",
            Self::ChangeEmail => "change_email",
            Self::Undo => "undo",
        }
    }

    /// How long the link works. A reset is asked for by somebody who waits for it; an undo is read when the person gets
    /// round to it.
    pub const fn lifetime(self) -> Duration {
        match self {
            Self::SignUp | Self::ChangeEmail => Duration::DAY,
            Self::Reset => Duration::minutes(30),
            Self::Undo => Duration::WEEK,
        }
    }
}

/// The secret in the link of a letter: 256 random bits as base64url. Kept as its hash, and sealed in the outbox until
/// the letter is gone. Never printed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EmailToken(String);

impl EmailToken {
    /// A token from its text, a new one or one that somebody brings.
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// The text, for the link and for its hash.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for EmailToken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("LetterToken(…)")
    }
}
