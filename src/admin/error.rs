//! Why a command was not carried out.

use std::error::Error;

use crate::store::StoreError;

#[derive(Debug, thiserror::Error)]
pub enum AdminError {
    #[error("there is no such user; name them by id or verified email address")]
    NoUser,
    #[error("{0} has no such sign-in method")]
    NoMethod(String),
    /// The text says why.
    #[error("{0}")]
    Refused(String),
    #[error("the email address belongs to another user")]
    EmailTaken,
    /// The text says why, and what to do.
    #[error("the database: {0}")]
    Database(String),
}

impl AdminError {
    /// 1 if what was named does not exist, else 2.
    pub const fn exit_status(&self) -> u8 {
        match self {
            Self::NoUser | Self::NoMethod(_) => 1,
            Self::Refused(_) | Self::EmailTaken | Self::Database(_) => 2,
        }
    }
}

impl From<StoreError> for AdminError {
    fn from(error: StoreError) -> Self {
        Self::Database(error.source().map_or_else(|| error.to_string(), |cause| format!("{error}: {cause}")))
    }
}
