//! What keeps a session from being opened, found, renewed or ended.

use crate::{store::StoreError, tokens::OutOfOrder};

/// We could not do our part. Nobody is signed in or out by it.
#[derive(Debug, thiserror::Error)]
pub enum NotCarried {
    /// The database did not do its part.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The session's cookie.
    #[error("the session: {0}")]
    Cookie(#[from] tower_sessions::session::Error),
    /// The tokens.
    #[error("the tokens: {0}")]
    Tokens(OutOfOrder),
}

impl NotCarried {
    /// Whether trying again later can help: 503 instead of 500.
    pub fn is_temporary(&self) -> bool {
        match self {
            Self::Store(error) => error.is_temporary(),
            Self::Cookie(_) => true,
            Self::Tokens(fault) => fault.is_temporary(),
        }
    }
}

impl From<OutOfOrder> for NotCarried {
    fn from(fault: OutOfOrder) -> Self {
        match fault {
            OutOfOrder::Store(error) => Self::Store(error),
            fault => Self::Tokens(fault),
        }
    }
}
