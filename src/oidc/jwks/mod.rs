//! The provider's JWK set: RFC 7517.

mod key;
mod rsa_public_key;

#[cfg(test)]
mod tests;

use key::VerificationKey;
pub use rsa_public_key::RsaPublicKey;
use url::Url;

use super::Algorithm;
use crate::oauth::{DocumentError, HttpRequest, HttpResponse, ResponseError};

/// Most keys in an accepted set. Real sets have two to six.
const MAX_KEYS: usize = 50;
/// Most keys tried for a token without `kid`, which bounds the work per token.
const MAX_TRIES: usize = 4;

/// The public keys of one issuer that can verify its id_tokens, in document order.
#[derive(Clone, Debug)]
pub struct JwkSet {
    keys: Vec<VerificationKey>,
}

/// The request for the key set at `jwks_uri`.
pub fn jwks_request(jwks_uri: &Url) -> HttpRequest {
    HttpRequest::get_json(jwks_uri)
}

/// Processes a JWK set. Keys that cannot verify signatures (encryption keys, unknown types and curves, sizes out of
/// bounds, malformed ones) are skipped, as RFC 7517 §5 requires; a set of more than 50 keys is rejected.
///
/// # Errors
/// [`JwksError`]; keep using the earlier set.
pub fn process_jwks_response(response: &HttpResponse) -> Result<JwkSet, JwksError> {
    response.check_ok()?;
    let document = response.json()?;
    let entries = document.required_documents("keys")?;
    if entries.len() > MAX_KEYS {
        return Err(JwksError::TooManyKeys);
    }
    let keys: Vec<_> = entries.iter().filter_map(VerificationKey::from_jwk).collect();
    match keys.is_empty() {
        true => Err(JwksError::NoUsableKey),
        false => Ok(JwkSet { keys }),
    }
}

/// Why a JWK set was rejected.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JwksError {
    /// The provider is unavailable, or the status or size is unexpected.
    #[error(transparent)]
    Response(#[from] ResponseError),
    /// The document cannot be parsed, or has no `keys` array.
    #[error("malformed JWK set: {0}")]
    Malformed(#[from] DocumentError),
    /// More than 50 keys.
    #[error("too many keys in the JWK set")]
    TooManyKeys,
    /// No key can verify an id_token.
    #[error("no usable key in the JWK set")]
    NoUsableKey,
}

/// Why no key of the set fits a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum KeySelectionError {
    /// No key has this `kid`; the provider may have rotated its keys.
    UnknownKid,
    /// No key with this `kid` fits the algorithm.
    UnsuitableAlgorithm,
    /// No `kid`, and more than four keys fit.
    TooManyWithoutKid,
}

impl JwkSet {
    /// The keys to try for a token. With a `kid`, those that have it (RFC 7517 §4.5 lets keys of different types share
    /// one); without, every key that suits `algorithm`, at most four.
    pub(super) fn candidates(
        &self,
        kid: Option<&str>,
        algorithm: Algorithm,
    ) -> Result<Vec<&VerificationKey>, KeySelectionError> {
        let matching: Vec<_> = self.keys.iter().filter(|key| kid.is_none() || key.kid() == kid).collect();
        if matching.is_empty() {
            return Err(KeySelectionError::UnknownKid);
        }
        let suitable: Vec<_> = matching.into_iter().filter(|key| key.suits(algorithm)).collect();
        match suitable.len() {
            0 => Err(KeySelectionError::UnsuitableAlgorithm),
            1..=MAX_TRIES => Ok(suitable),
            _ => Err(KeySelectionError::TooManyWithoutKid),
        }
    }

    /// Whether a key of the set verifies a signature, for the tests of rooms that sign.
    #[cfg(test)]
    pub(crate) fn verifies_for_tests(&self, signature: &str, message: &[u8], algorithm: Algorithm) -> bool {
        let candidates = self.candidates(None, algorithm).unwrap_or_default();
        candidates.iter().any(|key| key.verifies(signature, message, algorithm))
    }

    /// The number of usable keys.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether the set is empty, which an accepted one never is.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }
}
