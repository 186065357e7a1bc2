//! The provider's keys: JWK Set, RFC 7517.

mod key;

#[cfg(test)]
mod tests;

use key::VerificationKey;
use url::Url;

use super::Algorithm;
use crate::oauth::{DocumentError, HttpRequest, HttpResponse, ResponseError};

/// Most keys that a set may have. Real sets have two to six.
const MAX_KEYS: usize = 50;
/// Most signatures that are tried for a token without `kid`: the work per token stays bounded.
const MAX_TRIES: usize = 4;

/// The keys that can verify an id_token of one issuer. Public keys only; in the order of the document.
#[derive(Clone, Debug)]
pub struct JwkSet {
    keys: Vec<VerificationKey>,
}

/// Asks for the keys at `jwks_uri`.
pub fn jwks_request(jwks_uri: &Url) -> HttpRequest {
    HttpRequest::get_json(jwks_uri)
}

/// Reads a JWK set. Keys that we cannot use for signatures (encryption keys, unknown types and curves, sizes
/// outside our bounds, damaged ones) are passed over, as RFC 7517 §5 asks; a set of more than 50 keys is
/// refused whole.
///
/// # Errors
/// [`JwksError`]; keep the earlier set then.
pub fn process_jwks_response(response: &HttpResponse) -> Result<JwkSet, JwksError> {
    response.check_ok()?;
    let document = response.json()?;
    let entries = document.get("keys").ok_or(DocumentError::Missing("keys"))?;
    let entries = entries.as_array().ok_or(DocumentError::WrongType("keys"))?;
    if entries.len() > MAX_KEYS {
        return Err(JwksError::TooManyKeys);
    }
    let keys: Vec<_> = entries.iter().filter_map(VerificationKey::from_jwk).collect();
    match keys.is_empty() {
        true => Err(JwksError::NoUsableKey),
        false => Ok(JwkSet { keys }),
    }
}

/// Why a JWK set was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JwksError {
    /// The provider is away, or there is no document.
    #[error(transparent)]
    Response(#[from] ResponseError),
    /// The document is unreadable or has no `keys`.
    #[error("the JWK set is malformed: {0}")]
    Malformed(#[from] DocumentError),
    /// More than 50 keys.
    #[error("the JWK set has too many keys")]
    TooManyKeys,
    /// Not one key that could verify an id_token.
    #[error("the JWK set has no usable key")]
    NoUsableKey,
}

/// Why no key of the set is tried for a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NoKey {
    /// No key has this `kid`: perhaps the provider has rotated.
    UnknownKid,
    /// Keys there are, but none for this algorithm.
    NotForThisAlgorithm,
    /// No `kid`, and more suitable keys than we are willing to try.
    TooManyWithoutKid,
}

impl JwkSet {
    /// The keys to try for a token. With a `kid` those that carry it (RFC 7517 §4.5 lets keys of different
    /// types share one). Without: every key that suits `algorithm`, at most four; with more than that the
    /// provider has to say which.
    pub(super) fn candidates(&self, kid: Option<&str>, algorithm: Algorithm) -> Result<Vec<&VerificationKey>, NoKey> {
        let named: Vec<_> = self.keys.iter().filter(|key| kid.is_none() || key.kid() == kid).collect();
        if named.is_empty() {
            return Err(NoKey::UnknownKid);
        }
        let suitable: Vec<_> = named.into_iter().filter(|key| key.suits(algorithm)).collect();
        match suitable.len() {
            0 => Err(NoKey::NotForThisAlgorithm),
            1..=MAX_TRIES => Ok(suitable),
            _ => Err(NoKey::TooManyWithoutKid),
        }
    }

    /// How many usable keys there are.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether there is none; a set that was read has at least one.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }
}
