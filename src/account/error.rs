//! Why a use case failed.

use crate::{
    accounts::PasswordError,
    codes::form_error::FormError,
    passwords::PoolError,
    sealing::SealingError,
    sessions::SessionError,
    store::{ChangeError, StoreError},
};

/// Every failure of a form; `reply::send` answers it.
#[derive(Debug)]
pub enum AccountError {
    /// The user can do something about it: back to the form, which says what.
    Form(FormError),
    /// To the login page, and back.
    SignedOut,
    /// To the confirmation page, and back.
    ReauthenticationRequired,
    /// For this user there is no such page: 404.
    NoPage,
    Store(StoreError),
    Session(SessionError),
    /// Already logged.
    Internal,
}

impl From<FormError> for AccountError {
    fn from(error: FormError) -> Self {
        Self::Form(error)
    }
}

impl From<StoreError> for AccountError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::PasswordChanged => Self::Form(FormError::WrongCredentials),
            StoreError::EmailCodeUsed => Self::Form(FormError::EmailCodeExpired),
            error => Self::Store(error),
        }
    }
}

impl From<SessionError> for AccountError {
    fn from(error: SessionError) -> Self {
        match error {
            SessionError::Store(error) => error.into(),
            error => Self::Session(error),
        }
    }
}

impl From<PoolError> for AccountError {
    fn from(error: PoolError) -> Self {
        match error {
            PoolError::Full => Self::Form(FormError::Busy),
            PoolError::Broken => {
                tracing::error!(%error, "cannot hash a password");
                Self::Internal
            }
        }
    }
}

impl From<SealingError> for AccountError {
    fn from(error: SealingError) -> Self {
        tracing::error!(%error, "cannot seal a cookie");
        Self::Internal
    }
}

impl From<PasswordError> for AccountError {
    fn from(error: PasswordError) -> Self {
        Self::Form(match error {
            PasswordError::Short => FormError::PasswordShort,
            PasswordError::Long => FormError::PasswordLong,
            PasswordError::Common => FormError::PasswordCommon,
            PasswordError::Personal => FormError::PasswordPersonal,
        })
    }
}

impl From<ChangeError> for AccountError {
    fn from(error: ChangeError) -> Self {
        Self::Form(match error {
            ChangeError::Store(error) => return error.into(),
            ChangeError::SignedOut => return Self::SignedOut,
            ChangeError::NotFound => FormError::NotFound,
            ChangeError::LastSignInMethod => FormError::LastSignInMethod,
            ChangeError::EmailNeeded => FormError::EmailNeeded,
            ChangeError::EmailTaken => FormError::EmailLinkInvalid,
            ChangeError::OtherUser => FormError::EmailLinkOfAnotherUser,
            ChangeError::PasskeyExists => FormError::PasskeyExists,
            ChangeError::TooManyPasskeys => FormError::TooManyPasskeys,
            ChangeError::TooManyChanges => FormError::TooManyChanges,
        })
    }
}
