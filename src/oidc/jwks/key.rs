//! One key of a JWK set: RFC 7517 §4, RFC 7518 §6, RFC 8037 §2.

use std::fmt;

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents,
    UnparsedPublicKey, VerificationAlgorithm,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::DecodingKey;
use serde_json::Value;

use super::super::Algorithm;

/// Accepted RSA moduli, in bits: shorter ones can be broken, longer ones only cost time.
const RSA_BITS: std::ops::RangeInclusive<usize> = 2048..=4096;
/// Longest RSA exponent, in bytes; 65537 has three. The cost of a verification grows with it.
const MAX_RSA_EXPONENT_BYTES: usize = 4;

/// A public key that verifies signatures. Private members of the JWK (`d`, `p`, …) are never read, so that a provider
/// that publishes them by mistake does not leak them into the log.
#[derive(Clone)]
pub(in crate::oidc) struct VerificationKey {
    kid: Option<String>,
    algorithms: Vec<Algorithm>,
    key: DecodingKey,
}

impl VerificationKey {
    /// Parses a JWK; `None` if it is unusable for verification.
    pub(super) fn from_jwk(jwk: &Value) -> Option<Self> {
        if !is_for_signatures(jwk)? {
            return None;
        }
        let kid = optional_str(jwk, "kid")?.map(str::to_owned);
        let (of_type, key) = public_key(jwk)?;
        let algorithms = match optional_str(jwk, "alg")? {
            None => of_type,
            Some(name) => of_type.into_iter().filter(|algorithm| algorithm.name() == name).collect(),
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
        jsonwebtoken::crypto::verify(signature, message, &self.key, algorithm.verifier()).unwrap_or(false)
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

/// `use` and `key_ops` (RFC 7517 §4.2, §4.3). `None` if one has the wrong type.
fn is_for_signatures(jwk: &Value) -> Option<bool> {
    let used = optional_str(jwk, "use")?.is_none_or(|used| used == "sig");
    let operations = match jwk.get("key_ops") {
        None => true,
        Some(operations) => operations.as_array()?.iter().any(|operation| operation == "verify"),
    };
    Some(used && operations)
}

/// The key by its `kty`, and the algorithms that fit it. `oct` is rejected: anyone who can read a symmetric key can
/// sign.
fn public_key(jwk: &Value) -> Option<(Vec<Algorithm>, DecodingKey)> {
    match (optional_str(jwk, "kty")??, optional_str(jwk, "crv")?) {
        ("RSA", _) => {
            let key = rsa_key(&bytes(jwk, "n")?, &bytes(jwk, "e")?)?;
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
        ("EC", Some("P-256")) => Some((vec![Algorithm::Es256], ec_key(jwk, 32, &ECDSA_P256_SHA256_FIXED)?)),
        ("EC", Some("P-384")) => Some((vec![Algorithm::Es384], ec_key(jwk, 48, &ECDSA_P384_SHA384_FIXED)?)),
        ("OKP", Some("Ed25519")) => Some((vec![Algorithm::EdDsa], ed25519_key(jwk)?)),
        _ => None,
    }
}

fn rsa_key(n: &[u8], e: &[u8]) -> Option<DecodingKey> {
    let (n, e) = (without_leading_zeros(n), without_leading_zeros(e));
    let bits = n.len() * 8 - n.first()?.leading_zeros() as usize;
    let odd = |number: &[u8]| number.last().is_some_and(|byte| byte % 2 == 1);
    // With e = 1 every message is its own signature.
    let sane_exponent = e.len() <= MAX_RSA_EXPONENT_BYTES && odd(e) && e != [1];
    if !RSA_BITS.contains(&bits) || !odd(n) || !sane_exponent {
        return None;
    }
    RsaPublicKeyComponents { n, e }.to_parsed_public_key(&RSA_PKCS1_2048_8192_SHA256).ok()?;
    Some(DecodingKey::from_rsa_raw_components(n, e))
}

fn ec_key(jwk: &Value, coordinate_bytes: usize, curve: &'static dyn VerificationAlgorithm) -> Option<DecodingKey> {
    let (x, y) = (bytes(jwk, "x")?, bytes(jwk, "y")?);
    if x.len() != coordinate_bytes || y.len() != coordinate_bytes {
        return None;
    }
    let point = [&[4], x.as_slice(), y.as_slice()].concat();
    // Rejects a point off the curve.
    UnparsedPublicKey::new(curve, &point).parse().ok()?;
    Some(DecodingKey::from_ec_der(&point))
}

fn ed25519_key(jwk: &Value) -> Option<DecodingKey> {
    let x = bytes(jwk, "x")?;
    if x.len() != 32 {
        return None;
    }
    UnparsedPublicKey::new(&ED25519, &x).parse().ok()?;
    Some(DecodingKey::from_ed_der(&x))
}

fn without_leading_zeros(number: &[u8]) -> &[u8] {
    let start = number.iter().position(|byte| *byte != 0).unwrap_or(number.len());
    &number[start..]
}

/// An optional string member; the outer `None` is a wrong type.
fn optional_str<'a>(jwk: &'a Value, name: &str) -> Option<Option<&'a str>> {
    match jwk.get(name) {
        None => Some(None),
        Some(value) => value.as_str().map(Some),
    }
}

fn bytes(jwk: &Value, name: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(optional_str(jwk, name)??).ok()
}
