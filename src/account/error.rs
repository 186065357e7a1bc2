//! Why a use case failed.

use crate::{
    accounts::PasswordError,
    codes::form_error::FormError,
    passwords::PoolError,
    sealing::SealingError,
    sessions::SessionError,
    store::{Changed, StoreError},
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

/// A change that the store refused is an error of its form.
pub(super) fn require_done(change: Changed) -> Result<(), AccountError> {
    Err(match change {
        Changed::Done => return Ok(()),
        Changed::SignedOut => return Err(AccountError::SignedOut),
        Changed::NotFound => FormError::NotFound,
        Changed::LastSignInMethod => FormError::LastSignInMethod,
        Changed::EmailNeeded => FormError::EmailNeeded,
        Changed::EmailTaken => FormError::EmailLinkInvalid,
        Changed::OtherUser => FormError::EmailLinkOfAnotherUser,
        Changed::PasskeyExists => FormError::PasskeyExists,
        Changed::TooManyPasskeys => FormError::TooManyPasskeys,
        Changed::TooManyChanges => FormError::TooManyChanges,
    }
    .into())
}
