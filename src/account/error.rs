//! Why a request was not carried out.

use crate::{
    accounts::PasswordError, codes::outcome::FormError, passwords::PoolError, sealing::SealingError,
    sessions::SessionError, store::StoreError,
};

/// What ends a request early.
#[derive(Debug)]
pub enum AccountError {
    /// Something that the person can do something about: they go back to the form, which says so.
    FormError(FormError),
    /// Nobody is signed in: they sign in and come back.
    SignedOut,
    /// The last proof of who they are is too old: they give one and come back.
    ReauthenticationRequired,
    /// The database did not answer, or not sensibly.
    Store(StoreError),
    /// The session could not be kept.
    Session(SessionError),
    /// Our own fault, which was logged.
    Ours,
}

impl From<FormError> for AccountError {
    fn from(form_error: FormError) -> Self {
        Self::FormError(form_error)
    }
}

impl From<StoreError> for AccountError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<SessionError> for AccountError {
    fn from(error: SessionError) -> Self {
        match error {
            SessionError::Store(error) => Self::Store(error),
            error => Self::Session(error),
        }
    }
}

impl From<PoolError> for AccountError {
    fn from(error: PoolError) -> Self {
        match error {
            PoolError::Full => Self::FormError(FormError::Busy),
            PoolError::Broken => {
                tracing::error!(%error, "a password could not be hashed");
                Self::Ours
            }
        }
    }
}

impl From<SealingError> for AccountError {
    fn from(error: SealingError) -> Self {
        tracing::error!(%error, "a cookie could not be sealed");
        Self::Ours
    }
}

impl From<PasswordError> for AccountError {
    fn from(error: PasswordError) -> Self {
        Self::FormError(match error {
            PasswordError::Short => FormError::PasswordShort,
            PasswordError::Long => FormError::PasswordLong,
            PasswordError::Common => FormError::PasswordCommon,
            PasswordError::Personal => FormError::PasswordPersonal,
        })
    }
}
