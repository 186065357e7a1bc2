//! RSA public keys, as JWK sets (RFC 7518 §6.3) and COSE (RFC 8230 §4) carry them.

use std::{ptr, sync::Arc};

use aws_lc_rs::signature::{ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RsaParameters, RsaPublicKeyComponents};

/// Accepted moduli, in bits: shorter ones can be broken, longer ones only cost time.
const BITS: std::ops::RangeInclusive<usize> = 2048..=4096;
/// Longest exponent, in bytes; 65537 has three. The cost of a verification grows with it.
const MAX_EXPONENT_BYTES: usize = 4;

/// A modulus and an exponent that can verify signatures.
#[derive(Clone)]
pub struct RsaPublicKey {
    /// Both without leading zeros.
    n: Vec<u8>,
    e: Vec<u8>,
    /// For RS256, which nearly all providers sign with: what is computed from the key alone is computed once.
    rs256: Arc<ParsedPublicKey>,
}

impl RsaPublicKey {
    /// From unsigned big-endian numbers; `None` if they are out of bounds.
    pub fn new(n: &[u8], e: &[u8]) -> Option<Self> {
        let (n, e) = (without_leading_zeros(n), without_leading_zeros(e));
        let bits = n.len() * 8 - n.first()?.leading_zeros() as usize;
        let odd = |number: &[u8]| number.last().is_some_and(|byte| byte % 2 == 1);
        // With e = 1 every message is its own signature.
        let sane_exponent = e.len() <= MAX_EXPONENT_BYTES && odd(e) && e != [1];
        if !BITS.contains(&bits) || !odd(n) || !sane_exponent {
            return None;
        }
        let rs256 = RsaPublicKeyComponents { n, e }.to_parsed_public_key(&RSA_PKCS1_2048_8192_SHA256).ok()?;
        Some(Self { n: n.to_vec(), e: e.to_vec(), rs256: Arc::new(rs256) })
    }

    /// Whether this is the key's signature of the message.
    pub fn verifies(&self, parameters: &'static RsaParameters, message: &[u8], signature: &[u8]) -> bool {
        if ptr::eq(parameters, &RSA_PKCS1_2048_8192_SHA256) {
            return self.rs256.verify_sig(message, signature).is_ok();
        }
        RsaPublicKeyComponents { n: &self.n, e: &self.e }.verify(parameters, message, signature).is_ok()
    }
}

fn without_leading_zeros(number: &[u8]) -> &[u8] {
    let start = number.iter().position(|byte| *byte != 0).unwrap_or(number.len());
    &number[start..]
}
