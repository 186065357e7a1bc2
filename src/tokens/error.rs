//! The errors of tokens.

use crate::{sealing::RandomError, store::StoreError};

/// A failure of the server, not of the presented token: 503 or 500, never 401.
#[derive(Debug, thiserror::Error)]
pub enum TokensError {
    /// The database failed, or rejected the change.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// There is no signing key, or signing failed.
    #[error("no usable signing key")]
    NoSigningKey,
    /// The system's random number generator failed.
    #[error("the system's random number generator failed")]
    NoRandomness,
    /// A concurrent request failed to load the signing keys.
    #[error("signing keys unavailable")]
    KeysUnavailable,
    /// Verifiers that cache the JWK set may not have the next key before `earliest` (RFC 3339).
    #[error(
        "the next key was published less than fifteen minutes ago, and services with a cached key set would reject its \
         tokens: run this again after {earliest}, or with --now if the signing key has leaked"
    )]
    NextKeyTooRecent {
        /// When the rotation will be possible.
        earliest: String,
    },
}

impl TokensError {
    /// Whether a retry can succeed: 503 instead of 500.
    pub fn is_temporary(&self) -> bool {
        match self {
            Self::Store(error) => error.is_temporary(),
            Self::NoRandomness | Self::KeysUnavailable | Self::NextKeyTooRecent { .. } => true,
            Self::NoSigningKey => false,
        }
    }
}

/// Why an access token was rejected. For the log; the client only gets `invalid_token` (RFC 6750 §3.1).
#[derive(Debug, thiserror::Error)]
pub enum AccessTokenError {
    /// Not a JWS in compact serialization, longer than 4096 bytes, or a part is not a JSON object with unique member
    /// names.
    #[error("malformed token")]
    Malformed,
    /// `alg` is not ES256 (RFC 8725 §3.1).
    #[error("unexpected `alg`")]
    Algorithm,
    /// `typ` is not `at+jwt`: an id_token or logout token (RFC 9068 §4, RFC 8725 §3.11).
    #[error("unexpected `typ`")]
    Type,
    /// A header parameter that supplies a key or requires an extension; its name.
    #[error("forbidden header parameter {0}")]
    Header(&'static str),
    /// `kid` is missing or unknown.
    #[error("unknown `kid`")]
    UnknownKey,
    /// The signature does not verify.
    #[error("bad signature")]
    Signature,
    /// A claim is missing, has the wrong type, or does not match; its name.
    #[error("claim {0} does not match")]
    Claim(&'static str),
    /// `exp` has passed.
    #[error("expired")]
    Expired,
    /// The token could not be checked: a failure of the server.
    #[error(transparent)]
    Internal(#[from] TokensError),
}

/// Why a refresh token was rejected. For the log; the client only gets `refresh_token_invalid`.
#[derive(Debug, thiserror::Error)]
pub enum RefreshTokenError {
    /// Unknown, or its session has ended.
    #[error("unknown refresh token")]
    Unknown,
    /// It was used before: a sign of theft, so its session was ended (RFC 9700 §4.14.2).
    #[error("refresh token reused; session ended")]
    Reused,
    /// The session's exchanges are too frequent; the token is still valid.
    #[error("too many exchanges of one session; retry in {seconds} s")]
    TooManyRequests {
        /// How long to wait.
        seconds: u64,
    },
    /// A failure of the server; the token is still valid.
    #[error(transparent)]
    Internal(#[from] TokensError),
}

impl From<RandomError> for TokensError {
    fn from(_: RandomError) -> Self {
        Self::NoRandomness
    }
}

impl From<StoreError> for RefreshTokenError {
    fn from(error: StoreError) -> Self {
        Self::Internal(error.into())
    }
}
