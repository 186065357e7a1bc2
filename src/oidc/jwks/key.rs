//! One key of a JWK set: RFC 7517 §4, RFC 7518 §6, RFC 8037 §2.

use std::fmt;

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ECDSA_P521_SHA512_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256,
    RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512, RSA_PSS_2048_8192_SHA256, RSA_PSS_2048_8192_SHA384,
    RSA_PSS_2048_8192_SHA512, RsaParameters, UnparsedPublicKey, VerificationAlgorithm,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use super::super::Algorithm;
use super::rsa_public_key::RsaPublicKey;
use crate::oauth::JsonDocument;

/// A public key that verifies signatures. Private members of the JWK (`d`, `p`, …) are never read, so that a provider
/// that publishes them by mistake does not leak them into the log.
#[derive(Clone)]
pub(in crate::oidc) struct VerificationKey {
    kid: Option<String>,
    algorithms: Vec<Algorithm>,
    key: PublicKey,
}

/// Checked key material.
#[derive(Clone)]
enum PublicKey {
    Rsa(RsaPublicKey),
    /// An uncompressed point (SEC 1 §2.3.3).
    Ec(Vec<u8>),
    Ed25519(Vec<u8>),
}

impl VerificationKey {
    /// Parses a JWK; `None` if it is unusable for verification. The members that describe the key must be right;
    /// restrictions (`use`, `key_ops`, `alg`) and `kid` count only where they can be read, but not if they are repeated.
    pub(super) fn from_jwk(jwk: &JsonDocument) -> Option<Self> {
        if !is_for_signatures(jwk)? {
            return None;
        }
        let kid = readable_str(jwk, "kid")?.map(str::to_owned);
        let (of_type, key) = public_key(jwk)?;
        let algorithms = match readable_str(jwk, "alg")? {
            None => of_type,
            Some(name) => of_type.into_iter().filter(|own| Algorithm::from_name(name) == Some(*own)).collect(),
        };
        (!algorithms.is_empty()).then_some(Self { kid, algorithms, key })
    }

    /// `kid`.
    pub(in crate::oidc) fn kid(&self) -> Option<&str> {
        self.kid.as_deref()
    }

    /// Whether the key's type, and its `alg` if present, fit the algorithm.
    pub(in crate::oidc) fn suits(&self, algorithm: Algorithm) -> bool {
        self.algorithms.contains(&algorithm)
    }

    /// Whether `signature` (base64url) is this key's signature of `message`. The key must suit the algorithm.
    pub(in crate::oidc) fn verifies(&self, signature: &str, message: &[u8], algorithm: Algorithm) -> bool {
        let Ok(signature) = URL_SAFE_NO_PAD.decode(signature) else { return false };
        let with = |parameters: &'static dyn VerificationAlgorithm, key: &[u8]| {
            UnparsedPublicKey::new(parameters, key).verify(message, &signature).is_ok()
        };
        match (&self.key, algorithm) {
            (PublicKey::Ec(point), Algorithm::Es256) => with(&ECDSA_P256_SHA256_FIXED, point),
            (PublicKey::Ec(point), Algorithm::Es384) => with(&ECDSA_P384_SHA384_FIXED, point),
            (PublicKey::Ec(point), Algorithm::Es512) => with(&ECDSA_P521_SHA512_FIXED, point),
            (PublicKey::Ed25519(key), Algorithm::EdDsa) => with(&ED25519, key),
            (PublicKey::Rsa(key), algorithm) => {
                rsa_parameters(algorithm).is_some_and(|parameters| key.verifies(parameters, message, &signature))
            }
            _ => false,
        }
    }
}

fn rsa_parameters(algorithm: Algorithm) -> Option<&'static RsaParameters> {
    match algorithm {
        Algorithm::Rs256 => Some(&RSA_PKCS1_2048_8192_SHA256),
        Algorithm::Rs384 => Some(&RSA_PKCS1_2048_8192_SHA384),
        Algorithm::Rs512 => Some(&RSA_PKCS1_2048_8192_SHA512),
        Algorithm::Ps256 => Some(&RSA_PSS_2048_8192_SHA256),
        Algorithm::Ps384 => Some(&RSA_PSS_2048_8192_SHA384),
        Algorithm::Ps512 => Some(&RSA_PSS_2048_8192_SHA512),
        Algorithm::Es256 | Algorithm::Es384 | Algorithm::Es512 | Algorithm::EdDsa => None,
    }
}

impl fmt::Debug for VerificationKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerificationKey")
            .field("kid", &self.kid)
            .field("algorithms", &self.algorithms)
            .finish_non_exhaustive()
    }
}

/// `use` and `key_ops` (RFC 7517 §4.2, §4.3). An empty `key_ops`, as some libraries write it, restricts nothing. `None` if
/// one is repeated.
fn is_for_signatures(jwk: &JsonDocument) -> Option<bool> {
    let used = readable_str(jwk, "use")?.is_none_or(|used| used == "sig");
    let operations: Vec<&str> = match jwk.read("key_ops").ok()? {
        Some(Value::Array(operations)) => operations.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    Some(used && (operations.is_empty() || operations.contains(&"verify")))
}

/// The key by its `kty`, and the algorithms that fit it. `oct` is rejected: anyone who can read a symmetric key can
/// sign.
fn public_key(jwk: &JsonDocument) -> Option<(Vec<Algorithm>, PublicKey)> {
    match jwk.required_str("kty").ok()? {
        "RSA" => {
            let key = PublicKey::Rsa(RsaPublicKey::new(&bytes(jwk, "n")?, &bytes(jwk, "e")?)?);
            Some((
                vec![
                    Algorithm::Rs256,
                    Algorithm::Rs384,
                    Algorithm::Rs512,
                    Algorithm::Ps256,
                    Algorithm::Ps384,
                    Algorithm::Ps512,
                ],
                key,
            ))
        }
        "EC" => match jwk.required_str("crv").ok()? {
            "P-256" => Some((vec![Algorithm::Es256], ec_key(jwk, 32, &ECDSA_P256_SHA256_FIXED)?)),
            "P-384" => Some((vec![Algorithm::Es384], ec_key(jwk, 48, &ECDSA_P384_SHA384_FIXED)?)),
            "P-521" => Some((vec![Algorithm::Es512], ec_key(jwk, 66, &ECDSA_P521_SHA512_FIXED)?)),
            _ => None,
        },
        "OKP" if jwk.required_str("crv") == Ok("Ed25519") => Some((vec![Algorithm::EdDsa], ed25519_key(jwk)?)),
        _ => None,
    }
}

fn ec_key(jwk: &JsonDocument, coordinate_bytes: usize, curve: &'static dyn VerificationAlgorithm) -> Option<PublicKey> {
    let (x, y) = (bytes(jwk, "x")?, bytes(jwk, "y")?);
    if x.len() != coordinate_bytes || y.len() != coordinate_bytes {
        return None;
    }
    let point = [&[4], x.as_slice(), y.as_slice()].concat();
    // Rejects a point off the curve.
    UnparsedPublicKey::new(curve, &point).parse().ok()?;
    Some(PublicKey::Ec(point))
}

fn ed25519_key(jwk: &JsonDocument) -> Option<PublicKey> {
    let x = bytes(jwk, "x")?;
    if x.len() != 32 {
        return None;
    }
    UnparsedPublicKey::new(&ED25519, &x).parse().ok()?;
    Some(PublicKey::Ed25519(x))
}

/// A string that is not empty, if there is one; the outer `None` is a repeated member.
fn readable_str<'a>(jwk: &'a JsonDocument, name: &'static str) -> Option<Option<&'a str>> {
    Some(jwk.read(name).ok()?.and_then(Value::as_str).filter(|text| !text.is_empty()))
}

fn bytes(jwk: &JsonDocument, name: &'static str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(jwk.required_str(name).ok()?).ok()
}
