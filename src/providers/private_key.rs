//! Private keys of our clients, and the JWTs that they sign.

use std::{fmt, sync::Arc};

use aws_lc_rs::{
    rand::SystemRandom,
    rsa,
    signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, ECDSA_P521_SHA512_FIXED_SIGNING,
        EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RSA_PSS_SHA256, RsaEncoding,
    },
};
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use crate::oidc::Algorithm;

/// A private key: RSA of 2048 bits or more, P-256, P-384, P-521 or Ed25519. Does not print.
#[derive(Clone)]
pub struct PrivateKey(Arc<Pair>);

enum Pair {
    Rsa(rsa::KeyPair),
    Ec(EcdsaKeyPair, Algorithm),
    Ed25519(Ed25519KeyPair),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PrivateKeyError {
    #[error("not an unencrypted private key in PEM")]
    NotAKey,
    #[error("the private key cannot sign with the requested algorithm")]
    CannotSign,
}

impl PrivateKey {
    /// A key in PEM (RFC 7468): PKCS#8, PKCS#1 or SEC 1. Line breaks may be written `\\n`, as in an environment variable.
    ///
    /// # Errors
    /// [`PrivateKeyError::NotAKey`] for anything else, an encrypted key included.
    pub fn from_pem(pem: &SecretString) -> Result<Self, PrivateKeyError> {
        const LABELS: [&str; 3] = ["PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY"];
        let der =
            LABELS.iter().find_map(|label| pem_block(pem.expose_secret(), label)).ok_or(PrivateKeyError::NotAKey)?;
        Pair::from_der(&der).map(|pair| Self(Arc::new(pair))).ok_or(PrivateKeyError::NotAKey)
    }

    pub fn is_rsa(&self) -> bool {
        matches!(&*self.0, Pair::Rsa(_))
    }

    /// The algorithms that it can sign with, the most widely supported first.
    pub fn algorithms(&self) -> &'static [Algorithm] {
        match &*self.0 {
            Pair::Rsa(_) => &[Algorithm::Rs256, Algorithm::Ps256],
            Pair::Ec(_, Algorithm::Es256) => &[Algorithm::Es256],
            Pair::Ec(_, Algorithm::Es384) => &[Algorithm::Es384],
            Pair::Ec(..) => &[Algorithm::Es512],
            Pair::Ed25519(_) => &[Algorithm::EdDsa],
        }
    }

    /// Whether a certificate (DER) is of this key: it contains the public key byte for byte.
    pub fn is_certified_by(&self, certificate: &[u8]) -> bool {
        let public: &[u8] = match &*self.0 {
            Pair::Rsa(pair) => pair.public_key().as_ref(),
            Pair::Ec(pair, _) => pair.public_key().as_ref(),
            Pair::Ed25519(pair) => pair.public_key().as_ref(),
        };
        certificate.windows(public.len()).any(|window| window == public)
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
        let signature = self.signature(signed.as_bytes(), algorithm).ok_or(PrivateKeyError::CannotSign)?;
        Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)).into())
    }

    fn signature(&self, message: &[u8], algorithm: Algorithm) -> Option<Vec<u8>> {
        let random = SystemRandom::new();
        match &*self.0 {
            Pair::Ec(pair, own) if *own == algorithm => Some(pair.sign(&random, message).ok()?.as_ref().to_vec()),
            Pair::Ed25519(pair) if algorithm == Algorithm::EdDsa => Some(pair.sign(message).as_ref().to_vec()),
            Pair::Rsa(pair) => {
                let encoding: &'static dyn RsaEncoding = match algorithm {
                    Algorithm::Rs256 => &RSA_PKCS1_SHA256,
                    Algorithm::Ps256 => &RSA_PSS_SHA256,
                    _ => return None,
                };
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(encoding, &random, message, &mut signature).ok()?;
                Some(signature)
            }
            Pair::Ec(..) | Pair::Ed25519(_) => None,
        }
    }
}

impl Pair {
    fn from_der(der: &[u8]) -> Option<Self> {
        if let Ok(pair) = rsa::KeyPair::from_pkcs8(der).or_else(|_| rsa::KeyPair::from_der(der)) {
            return Some(Self::Rsa(pair));
        }
        for (curve, algorithm) in [
            (&ECDSA_P256_SHA256_FIXED_SIGNING, Algorithm::Es256),
            (&ECDSA_P384_SHA384_FIXED_SIGNING, Algorithm::Es384),
            (&ECDSA_P521_SHA512_FIXED_SIGNING, Algorithm::Es512),
        ] {
            if let Ok(pair) = EcdsaKeyPair::from_private_key_der(curve, der) {
                return Some(Self::Ec(pair, algorithm));
            }
        }
        Ed25519KeyPair::from_pkcs8_maybe_unchecked(der).ok().map(Self::Ed25519)
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
