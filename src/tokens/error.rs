//! What can go wrong with tokens.

use crate::store::StoreError;

/// Nothing is wrong with what was brought: we cannot do our part. 503 or 500, never 401.
#[derive(Debug, thiserror::Error)]
pub enum TokensError {
    /// The database did not do its part.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// There is no key that could sign, or it does not.
    #[error("no key signs")]
    NoKey,
    /// The system gives no random numbers.
    #[error("the system gives no random numbers")]
    NoRandomness,
    /// Somebody else looked for the keys a moment ago and could not read them.
    #[error("the keys could not be read")]
    KeysUnread,
}

impl TokensError {
    /// Whether trying again later can help: 503 instead of 500.
    pub fn is_temporary(&self) -> bool {
        match self {
            Self::Store(error) => error.is_temporary(),
            Self::NoRandomness | Self::KeysUnread => true,
            Self::NoKey => false,
        }
    }
}

/// Why an access token is refused. For the log; who brought it learns `invalid_token` (RFC 6750 §3.1) and no more.
#[derive(Debug, thiserror::Error)]
pub enum AccessTokenError {
    /// Not a JWS in compact form, or a part of it is no JSON object with unique members, or too long.
    #[error("not a token")]
    Malformed,
    /// `alg` is anything but ES256 (RFC 8725 §3.1).
    #[error("another algorithm than ours")]
    Algorithm,
    /// `typ` is not `at+jwt`: an id_token, a logout token (RFC 9068 §4, RFC 8725 §3.11).
    #[error("no access token by its type")]
    Type,
    /// The header brings a key or where to get one, or an extension that we do not know.
    #[error("a header that we do not follow: {0}")]
    Header(&'static str),
    /// `kid` is missing, or no key of ours.
    #[error("no key of ours")]
    UnknownKey,
    /// The key did not sign this.
    #[error("the signature is wrong")]
    Signature,
    /// A claim is missing, has the wrong type, or is not what we write.
    #[error("the claim {0} is not ours")]
    Claim(&'static str),
    /// Its five minutes are over.
    #[error("it has expired")]
    Expired,
    /// We could not look.
    #[error(transparent)]
    TokensError(#[from] TokensError),
}

/// Why a refresh token does not lead to another. Who brought it learns `invalid_grant` (RFC 6749 §5.2) and no more.
#[derive(Debug, thiserror::Error)]
pub enum RefreshTokenError {
    /// Not ours, or its session is over.
    #[error("no refresh token that is in use")]
    Unknown,
    /// It was used before: its session was ended just now.
    #[error("a refresh token came again; its session is ended")]
    Reused,
    /// We could not do our part; the token is as it was.
    #[error(transparent)]
    TokensError(#[from] TokensError),
}

impl From<StoreError> for RefreshTokenError {
    fn from(error: StoreError) -> Self {
        Self::TokensError(error.into())
    }
}
