//! What keeps a session from being opened, found, renewed or ended.

use crate::{store::StoreError, tokens::TokensError};

/// We could not do our part. Nobody is signed in or out by it.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// The database did not do its part.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The session's cookie.
    #[error("the session: {0}")]
    Cookie(#[from] tower_sessions::session::Error),
    /// The tokens.
    #[error("the tokens: {0}")]
    Tokens(TokensError),
}

impl SessionError {
    /// Whether trying again later can help: 503 instead of 500.
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
