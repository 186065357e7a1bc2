//! The parts of a hash's text: numbers, salts and hashes, within bounds.

use base64::{
    Engine as _, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};

use crate::codes::hex;

const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Longest hash, salt or key, in bytes.
const MAX_PART: usize = 256;
/// Shorter hashes could be guessed by chance.
const MIN_HASH: usize = 16;

/// Of `name=1,other=2`.
pub(super) fn parameter(params: &str, name: &str) -> Option<u32> {
    params.split(',').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))?.parse().ok()
}

/// Of a power of two.
pub(super) fn log2(n: &str) -> Option<u8> {
    let n: u32 = n.parse().ok()?;
    n.is_power_of_two().then(|| u8::try_from(n.ilog2()).ok())?
}

/// A salt that is used as it is written.
pub(super) fn text_salt(text: &str) -> Option<Vec<u8>> {
    (text.len() <= MAX_PART).then(|| text.as_bytes().to_vec())
}

pub(super) fn base64(text: &str) -> Option<Vec<u8>> {
    BASE64.decode(text).ok().filter(|bytes| bytes.len() <= MAX_PART)
}

/// With `.` for `+`.
pub(super) fn base64_of_passlib(text: &str) -> Option<Vec<u8>> {
    base64(&text.replace('.', "+"))
}

pub(super) fn base64_hash(text: &str) -> Option<Vec<u8>> {
    base64(text).and_then(long_enough)
}

pub(super) fn base64_hash_of_passlib(text: &str) -> Option<Vec<u8>> {
    base64_of_passlib(text).and_then(long_enough)
}

pub(super) fn hex_hash(text: &str) -> Option<Vec<u8>> {
    hex::decode(text, MAX_PART).and_then(long_enough)
}

fn long_enough(hash: Vec<u8>) -> Option<Vec<u8>> {
    Some(hash).filter(|hash| hash.len() >= MIN_HASH)
}
