//! Firebase's scrypt: the derived key encrypts the project's signer key, and that is the hash.

use aws_lc_rs::{
    cipher::{AES_256, EncryptingKey, EncryptionContext, UnboundCipherKey},
    iv::FixedLength,
};
use subtle::ConstantTimeEq;

use super::scrypt::ScryptCost;

#[derive(Clone)]
pub(super) struct FirebaseScrypt {
    pub cost: ScryptCost,
    /// The user's, and then the project's separator.
    pub salt: Vec<u8>,
    pub signer_key: Vec<u8>,
    pub hash: Vec<u8>,
}

impl FirebaseScrypt {
    pub fn verify(&self, password: &str) -> Option<bool> {
        let mut derived = [0; 64];
        self.cost.compute(password.as_bytes(), &self.salt, &mut derived)?;
        let (key, _) = derived.split_at(32);
        let key = EncryptingKey::ctr(UnboundCipherKey::new(&AES_256, key).ok()?).ok()?;
        let mut encrypted = self.signer_key.clone();
        key.less_safe_encrypt(&mut encrypted, EncryptionContext::Iv128(FixedLength::from([0; 16]))).ok()?;
        Some(encrypted.ct_eq(&self.hash).into())
    }
}
