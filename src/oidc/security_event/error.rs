//! Why a message of a provider was rejected.

use super::super::IdTokenErrorKind;
use crate::oauth::DocumentError;

/// A rejected message. Contains no value of the token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SecurityEventError {
    /// Not a signed JWT, another algorithm, or no key verifies it.
    #[error(transparent)]
    Jwt(IdTokenErrorKind),
    /// `typ` says that it is another kind of token.
    #[error("wrong typ")]
    WrongType,
    /// It has a `nonce`, which only id_tokens have.
    #[error("nonce present")]
    Nonce,
    /// `iss` is not the provider.
    #[error("wrong issuer")]
    WrongIssuer,
    /// `aud` has none of our clients.
    #[error("wrong audience")]
    WrongAudience,
    /// `iat` is in the future.
    #[error("issued in the future")]
    IssuedInTheFuture,
    /// `exp` has passed, or `iat` is too long ago.
    #[error("too old")]
    TooOld,
    /// A claim is missing, repeated or of another type.
    #[error(transparent)]
    Claim(#[from] DocumentError),
}

impl SecurityEventError {
    /// Whether the cached set lacks the key: fetch the set again and verify once more.
    pub fn is_unknown_kid(&self) -> bool {
        *self == Self::Jwt(IdTokenErrorKind::UnknownKid)
    }

    /// The error code of RFC 8935 §2.4.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Jwt(
                IdTokenErrorKind::BadSignature
                | IdTokenErrorKind::UnknownKid
                | IdTokenErrorKind::KeyUnsuitable
                | IdTokenErrorKind::KeyInHeader,
            ) => "invalid_key",
            Self::WrongIssuer => "invalid_issuer",
            Self::WrongAudience => "invalid_audience",
            _ => "invalid_request",
        }
    }
}

impl From<IdTokenErrorKind> for SecurityEventError {
    fn from(kind: IdTokenErrorKind) -> Self {
        match kind {
            IdTokenErrorKind::NotAnIdToken => Self::WrongType,
            kind => Self::Jwt(kind),
        }
    }
}
