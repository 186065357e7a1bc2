//! Why an id_token was rejected.

use super::ClaimVerdict;
use crate::oauth::DocumentError;
use crate::oidc::jwks::KeySelectionError;

/// A rejected id_token: the reason and the checks up to it. Contains no value of the token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("id_token rejected: {kind}")]
pub struct IdTokenError {
    kind: IdTokenErrorKind,
    verdicts: Vec<ClaimVerdict>,
}

impl IdTokenError {
    pub(super) fn new(kind: IdTokenErrorKind, verdicts: Vec<ClaimVerdict>) -> Self {
        Self { kind, verdicts }
    }

    /// The reason.
    pub fn kind(&self) -> IdTokenErrorKind {
        self.kind
    }

    /// The checks in order; the failed one is last.
    pub fn verdicts(&self) -> &[ClaimVerdict] {
        &self.verdicts
    }

    /// Whether the provider did not say when the user authenticated: no re-authentication there can succeed, however
    /// often the user tries.
    pub fn is_authentication_time_missing(&self) -> bool {
        self.kind == IdTokenErrorKind::AuthenticationTimeMissing
    }

    /// Whether the cached set lacks the key. The provider may have rotated its keys: fetch the set again and verify
    /// once more.
    pub fn is_unknown_kid(&self) -> bool {
        self.kind == IdTokenErrorKind::UnknownKid
    }
}

/// The reasons for rejection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdTokenErrorKind {
    /// Longer than 16 KB.
    #[error("too long")]
    TooLong,
    /// Not a signed JWT: three parts in strict base64url, JSON objects.
    #[error("malformed")]
    Malformed,
    /// `alg` is missing, or not an algorithm of this provider; its name, or `unknown`.
    #[error("algorithm {0} not allowed")]
    AlgorithmNotAllowed(&'static str),
    /// An access token, logout token or other kind, by `typ` or `events`.
    #[error("not an id_token")]
    NotAnIdToken,
    /// `crit` in the header.
    #[error("critical header extension")]
    CriticalHeader,
    /// `jwk`, `jku`, `x5u` or `x5c` in the header.
    #[error("key in the header")]
    KeyInHeader,
    /// No key with this `kid`.
    #[error("unknown kid")]
    UnknownKid,
    /// The key with this `kid` is for another algorithm.
    #[error("key unsuitable for the algorithm")]
    KeyUnsuitable,
    /// No `kid`, and more than four keys fit.
    #[error("kid required")]
    KidRequired,
    /// The signature does not verify.
    #[error("bad signature")]
    BadSignature,
    /// A required claim is missing; its name.
    #[error("{0} missing")]
    ClaimMissing(&'static str),
    /// A claim has the wrong JSON type or is out of range; its name.
    #[error("{0} has the wrong type")]
    ClaimWrongType(&'static str),
    /// A claim that is read occurs more than once; its name.
    #[error("{0} repeated")]
    ClaimRepeated(&'static str),
    /// `iss` is none of the expected issuers.
    #[error("wrong issuer")]
    WrongIssuer,
    /// `aud` lacks this client, or has other clients while `azp` is absent.
    #[error("wrong audience")]
    WrongAudience,
    /// `azp` is another client.
    #[error("wrong authorized party")]
    WrongAuthorizedParty,
    /// `exp` has passed.
    #[error("expired")]
    Expired,
    /// `iat` is in the future.
    #[error("issued in the future")]
    IssuedInTheFuture,
    /// `iat` is older than this kind of token may be.
    #[error("issued too long ago")]
    IssuedTooLongAgo,
    /// `nbf` is in the future.
    #[error("not yet valid")]
    NotYetValid,
    /// `nonce` is not that of the request.
    #[error("wrong nonce")]
    WrongNonce,
    /// `at_hash` does not match the access token.
    #[error("wrong at_hash")]
    WrongAccessTokenHash,
    /// `c_hash` does not match the code.
    #[error("wrong c_hash")]
    WrongCodeHash,
    /// `sub` is empty, longer than 255 bytes, or not printable ASCII.
    #[error("unusable subject")]
    UnusableSubject,
    /// `max_age` was requested, and the provider did not say when the user authenticated: `auth_time` is absent or 0.
    #[error("auth_time missing: the provider did not say when the user authenticated")]
    AuthenticationTimeMissing,
    /// `auth_time` is older than `max_age`, or in the future.
    #[error("authentication too old")]
    AuthenticationTooOld,
    /// `acr` is none of the requested values.
    #[error("wrong authentication context")]
    WrongAuthenticationContext,
}

impl From<DocumentError> for IdTokenErrorKind {
    fn from(error: DocumentError) -> Self {
        match error {
            DocumentError::NotAnObject | DocumentError::NotJson => Self::Malformed,
            DocumentError::Missing(claim) => Self::ClaimMissing(claim),
            DocumentError::WrongType(claim) => Self::ClaimWrongType(claim),
            DocumentError::Repeated(claim) => Self::ClaimRepeated(claim),
        }
    }
}

impl From<KeySelectionError> for IdTokenErrorKind {
    fn from(error: KeySelectionError) -> Self {
        match error {
            KeySelectionError::UnknownKid => Self::UnknownKid,
            KeySelectionError::UnsuitableAlgorithm => Self::KeyUnsuitable,
            KeySelectionError::TooManyWithoutKid => Self::KidRequired,
        }
    }
}
