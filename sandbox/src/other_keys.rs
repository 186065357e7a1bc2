//! Keys that are not RSA, for id_tokens of the generic provider: one of each kind per process, generated on first use.

use std::sync::OnceLock;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, ECDSA_P521_SHA512_FIXED_SIGNING, EcdsaKeyPair,
    Ed25519KeyPair, KeyPair,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

/// A curve.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Curve {
    P256,
    P384,
    P521,
    Ed25519,
}

enum Pair {
    Ec(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
}

impl Curve {
    pub const ALL: [Self; 4] = [Self::P256, Self::P384, Self::P521, Self::Ed25519];

    pub fn kid(self) -> String {
        format!("sandbox-{}", self.name())
    }

    /// The public key (RFC 7518 §6.2, RFC 8037 §2); `None` if it could not be generated.
    pub fn jwk(self) -> Option<Value> {
        let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let (crv, kid) = (self.name(), self.kid());
        Some(match self.pair()? {
            Pair::Ec(pair) => {
                let point = pair.public_key().as_ref();
                let (x, y) = point.get(1..)?.split_at(point.len() / 2);
                json!({"kty": "EC", "crv": crv, "kid": kid, "use": "sig", "x": text(x), "y": text(y)})
            }
            Pair::Ed25519(pair) => {
                json!({"kty": "OKP", "crv": crv, "kid": kid, "use": "sig", "x": text(pair.public_key().as_ref())})
            }
        })
    }

    pub fn sign(self, message: &[u8]) -> Vec<u8> {
        match self.pair() {
            Some(Pair::Ec(pair)) => pair
                .sign(&SystemRandom::new(), message)
                .map(|signature| signature.as_ref().to_vec())
                .unwrap_or_default(),
            Some(Pair::Ed25519(pair)) => pair.sign(message).as_ref().to_vec(),
            None => Vec::new(),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::P256 => "P-256",
            Self::P384 => "P-384",
            Self::P521 => "P-521",
            Self::Ed25519 => "Ed25519",
        }
    }

    fn pair(self) -> Option<&'static Pair> {
        static PAIRS: [OnceLock<Option<Pair>>; 4] = [const { OnceLock::new() }; 4];
        PAIRS[self as usize].get_or_init(|| self.generate()).as_ref()
    }

    fn generate(self) -> Option<Pair> {
        let algorithm = match self {
            Self::P256 => &ECDSA_P256_SHA256_FIXED_SIGNING,
            Self::P384 => &ECDSA_P384_SHA384_FIXED_SIGNING,
            Self::P521 => &ECDSA_P521_SHA512_FIXED_SIGNING,
            Self::Ed25519 => return Ed25519KeyPair::generate().ok().map(Pair::Ed25519),
        };
        EcdsaKeyPair::generate(algorithm).ok().map(Pair::Ec)
    }
}
