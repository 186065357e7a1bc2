//! A provider's keys for tests, generated once per run, and tokens signed with them, valid or not.

use std::sync::OnceLock;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize, PublicKeyComponents};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, ECDSA_P521_SHA512_FIXED_SIGNING, EcdsaKeyPair,
    EcdsaSigningAlgorithm, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512,
    RSA_PSS_SHA256, RSA_PSS_SHA384, RSA_PSS_SHA512,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::{Algorithm, JwkSet, process_jwks_response};
use crate::oauth::HttpResponse;

/// A key pair of a provider.
pub(crate) enum SigningKey {
    Rsa(RsaKeyPair),
    Ec(EcdsaKeyPair, &'static str),
    Ed25519(Ed25519KeyPair),
}

/// The provider's RSA key; generating one is slow.
pub(crate) fn rsa_key() -> &'static SigningKey {
    static KEY: OnceLock<SigningKey> = OnceLock::new();
    KEY.get_or_init(new_rsa_key)
}

/// Another RSA key, for attackers and rotations.
pub(crate) fn other_rsa_key() -> &'static SigningKey {
    static KEY: OnceLock<SigningKey> = OnceLock::new();
    KEY.get_or_init(new_rsa_key)
}

/// A P-256 key.
pub(crate) fn ec_key() -> &'static SigningKey {
    static KEY: OnceLock<SigningKey> = OnceLock::new();
    KEY.get_or_init(|| new_ec_key(&ECDSA_P256_SHA256_FIXED_SIGNING, "P-256"))
}

/// A P-384 key.
pub(crate) fn ec384_key() -> &'static SigningKey {
    static KEY: OnceLock<SigningKey> = OnceLock::new();
    KEY.get_or_init(|| new_ec_key(&ECDSA_P384_SHA384_FIXED_SIGNING, "P-384"))
}

/// A P-521 key.
pub(crate) fn ec521_key() -> &'static SigningKey {
    static KEY: OnceLock<SigningKey> = OnceLock::new();
    KEY.get_or_init(|| new_ec_key(&ECDSA_P521_SHA512_FIXED_SIGNING, "P-521"))
}

/// An Ed25519 key.
pub(crate) fn ed25519_key() -> &'static SigningKey {
    static KEY: OnceLock<SigningKey> = OnceLock::new();
    KEY.get_or_init(|| SigningKey::Ed25519(Ed25519KeyPair::generate().unwrap()))
}

fn new_rsa_key() -> SigningKey {
    SigningKey::Rsa(RsaKeyPair::generate(KeySize::Rsa2048).unwrap())
}

fn new_ec_key(algorithm: &'static EcdsaSigningAlgorithm, curve: &'static str) -> SigningKey {
    SigningKey::Ec(EcdsaKeyPair::generate(algorithm).unwrap(), curve)
}

impl SigningKey {
    /// The public key as a JWK without `alg`, `use` and `kid`.
    pub(crate) fn jwk(&self) -> Value {
        match self {
            Self::Rsa(pair) => {
                let public = PublicKeyComponents::<Vec<u8>>::from(pair.public_key());
                json!({"kty": "RSA", "n": base64url(public.n), "e": base64url(public.e)})
            }
            Self::Ec(pair, curve) => {
                let (x, y) = pair.public_key().as_ref()[1..].split_at(pair.public_key().as_ref().len() / 2);
                json!({"kty": "EC", "crv": curve, "x": base64url(x), "y": base64url(y)})
            }
            Self::Ed25519(pair) => {
                json!({"kty": "OKP", "crv": "Ed25519", "x": base64url(pair.public_key())})
            }
        }
    }

    /// The same with `kid` and `use`.
    pub(crate) fn jwk_named(&self, kid: &str) -> Value {
        let mut jwk = self.jwk();
        jwk["kid"] = json!(kid);
        jwk["use"] = json!("sig");
        jwk
    }

    /// Signs any header and payload with `algorithm`, whatever `alg` says.
    pub(crate) fn sign(&self, header: &Value, payload: &Value, algorithm: Algorithm) -> String {
        self.sign_text(&header.to_string(), &payload.to_string(), algorithm)
    }

    /// The same with text that may be invalid JSON.
    pub(crate) fn sign_text(&self, header: &str, payload: &str, algorithm: Algorithm) -> String {
        let signed = format!("{}.{}", base64url(header), base64url(payload));
        format!("{signed}.{}", base64url(self.signature(signed.as_bytes(), algorithm)))
    }

    fn signature(&self, message: &[u8], algorithm: Algorithm) -> Vec<u8> {
        let random = SystemRandom::new();
        match self {
            Self::Ec(pair, _) => pair.sign(&random, message).unwrap().as_ref().to_vec(),
            Self::Ed25519(pair) => pair.sign(message).as_ref().to_vec(),
            Self::Rsa(pair) => {
                let padding: &'static dyn aws_lc_rs::signature::RsaEncoding = match algorithm {
                    Algorithm::Rs256 => &RSA_PKCS1_SHA256,
                    Algorithm::Rs384 => &RSA_PKCS1_SHA384,
                    Algorithm::Rs512 => &RSA_PKCS1_SHA512,
                    Algorithm::Ps256 => &RSA_PSS_SHA256,
                    Algorithm::Ps384 => &RSA_PSS_SHA384,
                    Algorithm::Ps512 => &RSA_PSS_SHA512,
                    other => panic!("{other:?} is not for RSA"),
                };
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(padding, &random, message, &mut signature).unwrap();
                signature
            }
        }
    }
}

/// The key set that a provider would publish.
pub(crate) fn jwk_set(keys: &[Value]) -> JwkSet {
    process_jwks_response(&json_response(200, &json!({"keys": keys}).to_string())).unwrap()
}

/// A response with a JSON content type.
pub(crate) fn json_response(status: u16, body: &str) -> HttpResponse {
    let content_type = Some("application/json".to_owned());
    HttpResponse { status, content_type, body: body.as_bytes().to_vec(), ..HttpResponse::default() }
}

/// Base64url without padding.
pub(crate) fn base64url(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
