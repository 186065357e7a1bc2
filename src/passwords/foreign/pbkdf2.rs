//! PBKDF2 (RFC 8018 §5.2).

use std::num::NonZeroU32;

use aws_lc_rs::pbkdf2::{self, Algorithm};

/// The most iterations that are computed: one imported row must not stall the server.
const MAX_ITERATIONS: u32 = 2_000_000;

#[derive(Clone)]
pub(super) struct Pbkdf2 {
    algorithm: Algorithm,
    iterations: NonZeroU32,
    salt: Vec<u8>,
    hash: Vec<u8>,
}

impl Pbkdf2 {
    pub fn new(hash_function: &str, iterations: u32, salt: Vec<u8>, hash: Vec<u8>) -> Option<Self> {
        let algorithm = match hash_function {
            "sha1" => pbkdf2::PBKDF2_HMAC_SHA1,
            "sha256" => pbkdf2::PBKDF2_HMAC_SHA256,
            "sha512" => pbkdf2::PBKDF2_HMAC_SHA512,
            _ => return None,
        };
        let iterations = NonZeroU32::new(iterations).filter(|iterations| iterations.get() <= MAX_ITERATIONS)?;
        Some(Self { algorithm, iterations, salt, hash })
    }

    pub fn verify(&self, password: &str) -> bool {
        pbkdf2::verify(self.algorithm, self.iterations, &self.salt, password.as_bytes(), &self.hash).is_ok()
    }
}
