//! A key as Apple issues them, for tests.

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use base64::{Engine, engine::general_purpose::STANDARD};

/// A P-256 key as Apple's `.p8` file has it, and its public point.
pub(crate) struct P256Key {
    pub(crate) pem: String,
    pub(crate) public: Vec<u8>,
}

pub(crate) fn p256_key() -> P256Key {
    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("a key");
    let pkcs8 = pair.to_pkcs8v1().expect("PKCS#8");
    P256Key { pem: pem(pkcs8.as_ref()), public: pair.public_key().as_ref().to_vec() }
}

/// DER as PEM (RFC 7468), in lines of 64 characters.
pub(crate) fn pem(der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let lines: Vec<&str> = text.as_bytes().chunks(64).filter_map(|line| std::str::from_utf8(line).ok()).collect();
    format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", lines.join("\n"))
}
