//! Why an id_token was refused.

use super::ClaimVerdict;
use crate::oauth::DocumentError;
use crate::oidc::jwks::NoKey;

/// A refused id_token: the reason, and what was checked until then. Holds nothing of the token itself.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("id_token refused: {sign_in_error}")]
pub struct IdTokenError {
    sign_in_error: IdTokenErrorKind,
    verdicts: Vec<ClaimVerdict>,
}

impl IdTokenError {
    pub(super) fn new(sign_in_error: IdTokenErrorKind, verdicts: Vec<ClaimVerdict>) -> Self {
        Self { sign_in_error, verdicts }
    }

    /// The reason.
    pub fn sign_in_error(&self) -> IdTokenErrorKind {
        self.sign_in_error
    }

    /// Every check that was made, the refusing one last.
    pub fn verdicts(&self) -> &[ClaimVerdict] {
        &self.verdicts
    }

    /// Whether the key was not in our set: the provider may have rotated since we fetched it, so one fresh
    /// fetch and a second try are in order.
    pub fn is_unknown_kid(&self) -> bool {
        self.sign_in_error == IdTokenErrorKind::UnknownKid
    }
}

/// The reasons.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdTokenErrorKind {
    /// Longer than 16 KB.
    #[error("too long")]
    TooLong,
    /// Not a signed JWT of three parts in strict base64url and JSON with unique members.
    #[error("malformed")]
    Malformed,
    /// `alg` is missing or not among those that this provider signs with.
    #[error("algorithm not allowed")]
    AlgorithmNotAllowed,
    /// An access token, logout token or another kind, by `typ` or by `events`.
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
    /// The key is not for this algorithm.
    #[error("key unsuitable for the algorithm")]
    KeyUnsuitable,
    /// No `kid`, and too many keys to try.
    #[error("kid required")]
    KidRequired,
    /// The signature is not that of the key.
    #[error("bad signature")]
    BadSignature,
    /// A required claim is missing; its name.
    #[error("{0} missing")]
    ClaimMissing(&'static str),
    /// A claim has the wrong JSON type or a value outside its range; its name.
    #[error("{0} of the wrong type")]
    ClaimWrongType(&'static str),
    /// `iss` is another issuer.
    #[error("wrong issuer")]
    WrongIssuer,
    /// `aud` does not have us, or has others beside us without `azp`.
    #[error("wrong audience")]
    WrongAudience,
    /// `azp` is another client.
    #[error("wrong authorized party")]
    WrongAuthorizedParty,
    /// `exp` has passed.
    #[error("expired")]
    Expired,
    /// `iat` is to come.
    #[error("issued in the future")]
    IssuedInTheFuture,
    /// `nbf` is to come.
    #[error("not yet valid")]
    NotYetValid,
    /// `nonce` is not that of the flow.
    #[error("wrong nonce")]
    WrongNonce,
    /// `at_hash` is not that of the access token.
    #[error("wrong at_hash")]
    WrongAccessTokenHash,
    /// `c_hash` is not that of the code.
    #[error("wrong c_hash")]
    WrongCodeHash,
    /// `sub` is empty, longer than 255, or not printable ASCII.
    #[error("unusable subject")]
    UnusableSubject,
    /// `auth_time` is longer ago than `max_age`, or to come.
    #[error("authentication too old")]
    AuthenticationTooOld,
    /// `acr` is none of those asked for.
    #[error("wrong authentication context")]
    WrongAuthenticationContext,
}

impl From<DocumentError> for IdTokenErrorKind {
    fn from(error: DocumentError) -> Self {
        match error {
            DocumentError::NotAnObject | DocumentError::NotJson => Self::Malformed,
            DocumentError::Missing(claim) => Self::ClaimMissing(claim),
            DocumentError::WrongType(claim) => Self::ClaimWrongType(claim),
        }
    }
}

impl From<NoKey> for IdTokenErrorKind {
    fn from(reason: NoKey) -> Self {
        match reason {
            NoKey::UnknownKid => Self::UnknownKid,
            NoKey::NotForThisAlgorithm => Self::KeyUnsuitable,
            NoKey::TooManyWithoutKid => Self::KidRequired,
        }
    }
}
