//! What has to hold still when a session opens.

use time::OffsetDateTime;

use crate::store::email::sign_in_codes::RightCode;

/// Checked, or used up, by the transaction that opens the session; the sign-in is recorded by it, too.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum OpeningCondition {
    #[default]
    None,
    /// The user's password is still the one that was set then, which was entered.
    PasswordSetAt(OffsetDateTime),
    /// The code was not used meanwhile. It is used up.
    EmailCode(RightCode),
}

impl OpeningCondition {
    /// Of a method that may be a password.
    pub fn of_password(set_at: Option<OffsetDateTime>) -> Self {
        set_at.map_or(Self::None, Self::PasswordSetAt)
    }

    pub fn password_set_at(&self) -> Option<OffsetDateTime> {
        match self {
            Self::PasswordSetAt(at) => Some(*at),
            Self::None | Self::EmailCode(_) => None,
        }
    }

    pub fn email_code(&self) -> Option<&RightCode> {
        match self {
            Self::EmailCode(code) => Some(code),
            Self::None | Self::PasswordSetAt(_) => None,
        }
    }
}
