//! Signing and verifying keys: ECDSA on P-256 (ES256, RFC 7518 §3.4), constant-time by aws-lc-rs.

use std::fmt;

use aws_lc_rs::{
    rand::SystemRandom,
    signature::{
        ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, ParsedPublicKey,
        UnparsedPublicKey,
    },
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret, SecretSlice};

use super::{error::TokensError, jwk};
use crate::store::{KeyTimes, NewKey};

/// Length of a signature: r and s.
const SIGNATURE_BYTES: usize = 64;

/// A private key with its `kid`. Does not print.
pub(super) struct SigningKey {
    kid: String,
    pair: EcdsaKeyPair,
}

/// A public key.
pub(super) struct VerifyingKey {
    key: ParsedPublicKey,
}

impl SigningKey {
    /// Generates a key for the database.
    pub(super) fn generate(times: KeyTimes) -> Result<NewKey, TokensError> {
        let random = SystemRandom::new();
        let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random)
            .map_err(|_| TokensError::NoRandomness)?;
        let private_key = SecretSlice::from(document.as_ref().to_vec());
        let key = Self::from_pkcs8(&private_key).ok_or(TokensError::NoSigningKey)?;
        let public_jwk = jwk::jwk(key.point()).ok_or(TokensError::NoSigningKey)?.to_string();
        Ok(NewKey { kid: key.kid, private_key, public_jwk, times })
    }

    /// Parses a stored private key (PKCS#8); `None` if it is malformed.
    pub(super) fn from_pkcs8(private_key: &SecretSlice<u8>) -> Option<Self> {
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, private_key.expose_secret()).ok()?;
        Some(Self { kid: jwk::thumbprint(pair.public_key().as_ref())?, pair })
    }

    /// `kid`: the thumbprint of the public key.
    pub(super) fn kid(&self) -> &str {
        &self.kid
    }

    /// The public key, an uncompressed point.
    pub(super) fn point(&self) -> &[u8] {
        self.pair.public_key().as_ref()
    }

    /// The signature of a message, base64url.
    pub(super) fn sign(&self, message: &str) -> Result<String, TokensError> {
        let signature =
            self.pair.sign(&SystemRandom::new(), message.as_bytes()).map_err(|_| TokensError::NoSigningKey)?;
        Ok(URL_SAFE_NO_PAD.encode(signature))
    }
}

impl VerifyingKey {
    /// Parses an uncompressed point; `None` for a point off the curve.
    pub(super) fn from_point(point: &[u8]) -> Option<Self> {
        Some(Self { key: UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).parse().ok()? })
    }

    /// Whether `signature` (base64url) is this key's signature of `message`.
    pub(super) fn verifies(&self, message: &str, signature: &str) -> bool {
        let Ok(signature) = URL_SAFE_NO_PAD.decode(signature) else { return false };
        signature.len() == SIGNATURE_BYTES && self.key.verify_sig(message.as_bytes(), &signature).is_ok()
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({}, [redacted])", self.kid)
    }
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("VerifyingKey")
    }
}
