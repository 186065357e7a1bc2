//! Why a request was not carried out.

use crate::{
    accounts::PasswordFault, codes::outcome::Trouble, passwords::PoolError, sealing::NotSealedHere,
    sessions::NotCarried, store::StoreError,
};

/// What ends a request early.
#[derive(Debug)]
pub enum Fault {
    /// Something that the person can do something about: they go back to the form, which says so.
    Trouble(Trouble),
    /// Nobody is signed in: they sign in and come back.
    SignedOut,
    /// The last proof of who they are is too old: they give one and come back.
    Unproven,
    /// The database did not answer, or not sensibly.
    Store(StoreError),
    /// The session could not be kept.
    Session(NotCarried),
    /// Our own fault, which was logged.
    Ours,
}

impl From<Trouble> for Fault {
    fn from(trouble: Trouble) -> Self {
        Self::Trouble(trouble)
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<NotCarried> for Fault {
    fn from(error: NotCarried) -> Self {
        match error {
            NotCarried::Store(error) => Self::Store(error),
            error => Self::Session(error),
        }
    }
}

impl From<PoolError> for Fault {
    fn from(error: PoolError) -> Self {
        match error {
            PoolError::Full => Self::Trouble(Trouble::Busy),
            PoolError::Broken => {
                tracing::error!(%error, "a password could not be hashed");
                Self::Ours
            }
        }
    }
}

impl From<NotSealedHere> for Fault {
    fn from(error: NotSealedHere) -> Self {
        tracing::error!(%error, "a cookie could not be sealed");
        Self::Ours
    }
}

impl From<PasswordFault> for Fault {
    fn from(fault: PasswordFault) -> Self {
        Self::Trouble(match fault {
            PasswordFault::Short => Trouble::PasswordShort,
            PasswordFault::Long => Trouble::PasswordLong,
            PasswordFault::Common => Trouble::PasswordCommon,
            PasswordFault::Personal => Trouble::PasswordPersonal,
        })
    }
}
