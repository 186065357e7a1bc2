//! Private keys of our clients, and the JWTs that they sign.

use std::fmt;

use aws_lc_rs::{
    rsa,
    signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair,
    },
};
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use jsonwebtoken::EncodingKey;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use crate::oidc::Algorithm;

/// A private key: RSA of 2048 bits or more, P-256, P-384 or Ed25519. Does not print.
#[derive(Clone)]
pub struct PrivateKey {
    key: EncodingKey,
    algorithms: &'static [Algorithm],
    /// As a certificate has it.
    public: Vec<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PrivateKeyError {
    #[error("not an unencrypted private key in PEM")]
    NotAKey,
    #[error("the private key cannot sign with the requested algorithm")]
    CannotSign,
}

impl PrivateKey {
    /// A key in PEM (RFC 7468): PKCS#8, for RSA also PKCS#1. Line breaks may be written `\\n`, as in an environment variable.
    ///
    /// # Errors
    /// [`PrivateKeyError::NotAKey`] for anything else, an encrypted key included.
    pub fn from_pem(pem: &SecretString) -> Result<Self, PrivateKeyError> {
        let pem = pem.expose_secret().replace("\\n", "\n");
        let key = Self::rsa(&pem).or_else(|| Self::ec(&pem)).or_else(|| Self::ed25519(&pem));
        let key = key.ok_or(PrivateKeyError::NotAKey)?;
        // A key that cannot sign fails here, not at the first sign-in.
        key.signature(b"check", key.algorithms[0]).map(|_| key)
    }

    fn rsa(pem: &str) -> Option<Self> {
        let pkcs1 = || rsa::KeyPair::from_der(&pem_block(pem, "RSA PRIVATE KEY")?).ok();
        let pkcs8 = || rsa::KeyPair::from_pkcs8(&pem_block(pem, "PRIVATE KEY")?).ok();
        let public = pkcs8().or_else(pkcs1)?.public_key().as_ref().to_vec();
        let key = EncodingKey::from_rsa_pem(pem.as_bytes()).ok()?;
        Some(Self { key, algorithms: &[Algorithm::Rs256, Algorithm::Ps256], public })
    }

    fn ec(pem: &str) -> Option<Self> {
        let der = pem_block(pem, "PRIVATE KEY")?;
        let on = |curve| EcdsaKeyPair::from_pkcs8(curve, &der).ok();
        let (pair, algorithms): (_, &'static [Algorithm]) = match on(&ECDSA_P256_SHA256_FIXED_SIGNING) {
            Some(pair) => (pair, &[Algorithm::Es256]),
            None => (on(&ECDSA_P384_SHA384_FIXED_SIGNING)?, &[Algorithm::Es384]),
        };
        let key = EncodingKey::from_ec_pem(pem.as_bytes()).ok()?;
        Some(Self { key, algorithms, public: pair.public_key().as_ref().to_vec() })
    }

    fn ed25519(pem: &str) -> Option<Self> {
        let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(&pem_block(pem, "PRIVATE KEY")?).ok()?;
        let key = EncodingKey::from_ed_pem(pem.as_bytes()).ok()?;
        Some(Self { key, algorithms: &[Algorithm::EdDsa], public: pair.public_key().as_ref().to_vec() })
    }

    /// The algorithms that it can sign with, the most widely supported first.
    pub fn algorithms(&self) -> &'static [Algorithm] {
        self.algorithms
    }

    pub fn is_rsa(&self) -> bool {
        self.algorithms.contains(&Algorithm::Rs256)
    }

    /// Whether a certificate (DER) is of this key: it contains the public key byte for byte.
    pub fn is_certified_by(&self, certificate: &[u8]) -> bool {
        certificate.windows(self.public.len()).any(|window| window == self.public)
    }

    /// A signed JWT (RFC 7515 §3.1). `alg` is added to the header.
    ///
    /// # Errors
    /// [`PrivateKeyError::CannotSign`] unless the algorithm is one of [`Self::algorithms`].
    pub fn sign(
        &self,
        mut header: Value,
        claims: &Value,
        algorithm: Algorithm,
    ) -> Result<SecretString, PrivateKeyError> {
        header["alg"] = algorithm.name().into();
        let [header, claims] = [header.to_string(), claims.to_string()].map(|part| URL_SAFE_NO_PAD.encode(part));
        let signed = format!("{header}.{claims}");
        let signature = self.signature(signed.as_bytes(), algorithm)?;
        Ok(format!("{signed}.{signature}").into())
    }

    /// In base64url.
    fn signature(&self, message: &[u8], algorithm: Algorithm) -> Result<String, PrivateKeyError> {
        let signer = match algorithm {
            Algorithm::Rs256 => jsonwebtoken::Algorithm::RS256,
            Algorithm::Ps256 => jsonwebtoken::Algorithm::PS256,
            Algorithm::Es256 => jsonwebtoken::Algorithm::ES256,
            Algorithm::Es384 => jsonwebtoken::Algorithm::ES384,
            Algorithm::EdDsa => jsonwebtoken::Algorithm::EdDSA,
            _ => return Err(PrivateKeyError::CannotSign),
        };
        if !self.algorithms.contains(&algorithm) {
            return Err(PrivateKeyError::CannotSign);
        }
        jsonwebtoken::crypto::sign(message, &self.key, signer).map_err(|_| PrivateKeyError::CannotSign)
    }
}

/// The content of the first block with this label.
pub(super) fn pem_block(pem: &str, label: &str) -> Option<Vec<u8>> {
    let pem = pem.replace("\\n", "\n");
    let (_, rest) = pem.split_once(&format!("-----BEGIN {label}-----"))?;
    let (body, _) = rest.split_once(&format!("-----END {label}-----"))?;
    let body: String = body.chars().filter(|character| !character.is_ascii_whitespace()).collect();
    STANDARD.decode(body).ok()
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PrivateKey([redacted])")
    }
}
