//! Why a session could not be opened, found, renewed or ended.

use crate::{store::StoreError, tokens::TokensError};

/// An error on our side. It signs no user in or out.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("session: {0}")]
    Cookie(#[from] tower_sessions::session::Error),
    #[error("tokens: {0}")]
    Tokens(TokensError),
}

impl SessionError {
    /// Whether a retry can help: 503 instead of 500.
    pub fn is_temporary(&self) -> bool {
        match self {
            Self::Store(error) => error.is_temporary(),
            Self::Cookie(_) => true,
            Self::Tokens(error) => error.is_temporary(),
        }
    }
}

impl From<TokensError> for SessionError {
    fn from(error: TokensError) -> Self {
        match error {
            TokensError::Store(error) => Self::Store(error),
            error => Self::Tokens(error),
        }
    }
}
