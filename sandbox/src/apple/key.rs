//! The key pair of the registered client, which a developer creates in Apple's console.

use std::sync::OnceLock;

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, UnparsedPublicKey,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

struct Pair {
    private_pem: String,
    public: Vec<u8>,
}

/// The private key in PEM (PKCS#8), which Apple's console provides as `AuthKey_….p8`. Generated once per process.
/// Public by design: it protects nothing.
pub fn apple_private_key_pem() -> String {
    pair().map(|pair| pair.private_pem.clone()).unwrap_or_default()
}

/// Verifies an ES256 signature (RFC 7518 §3.4).
pub fn verifies(message: &[u8], signature: &[u8]) -> bool {
    let verifies =
        |pair: &Pair| UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, &pair.public).verify(message, signature);
    pair().is_some_and(|pair| verifies(pair).is_ok())
}

fn pair() -> Option<&'static Pair> {
    static PAIR: OnceLock<Option<Pair>> = OnceLock::new();
    PAIR.get_or_init(generated).as_ref()
}

fn generated() -> Option<Pair> {
    let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).ok()?;
    let text = STANDARD.encode(key.to_pkcs8v1().ok()?);
    let lines = text.as_bytes().chunks(64).map(String::from_utf8_lossy).collect::<Vec<_>>().join("\n");
    let private_pem = format!("-----BEGIN PRIVATE KEY-----\n{lines}\n-----END PRIVATE KEY-----\n");
    Some(Pair { private_pem, public: key.public_key().as_ref().to_vec() })
}
