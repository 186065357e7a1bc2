//! bcrypt, and Django's bcrypt of SHA-256.

use crate::sealing::sha256_hex;

/// The highest cost that is computed: one imported row must not stall the server.
const MAX_COST: u32 = 14;

#[derive(Clone)]
pub(super) struct Bcrypt {
    text: String,
    /// Of the password's SHA-256 in hexadecimal, so that no password is too long.
    of_sha256: bool,
}

impl Bcrypt {
    /// `$2b$cost$` and salt and hash.
    pub fn read(text: &str) -> Option<Self> {
        match text.split('$').collect::<Vec<_>>().as_slice() {
            ["", "2a" | "2b" | "2y", cost, rest] if is_salt_and_hash(rest) => {
                (4..=MAX_COST).contains(&cost.parse().ok()?).then(|| Self { text: text.to_owned(), of_sha256: false })
            }
            _ => None,
        }
    }

    pub fn of_sha256(text: &str) -> Option<Self> {
        Some(Self { of_sha256: true, ..Self::read(text)? })
    }

    pub fn verify(&self, password: &str) -> Option<bool> {
        match self.of_sha256 {
            true => bcrypt::verify(sha256_hex(password.as_bytes()), &self.text).ok(),
            false => bcrypt::verify(password, &self.text).ok(),
        }
    }
}

/// In bcrypt's own base64.
fn is_salt_and_hash(text: &str) -> bool {
    text.len() == 53 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'/')
}
