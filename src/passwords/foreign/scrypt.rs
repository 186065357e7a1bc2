//! scrypt (RFC 7914).

use subtle::ConstantTimeEq;
use unicode_normalization::UnicodeNormalization as _;

use super::parts::{hex_hash, log2, parameter};
use crate::codes::hex;

/// In bytes, of all lanes together: 128 N r p (RFC 7914 §2). One imported row must not stall the server.
const MAX_WORK: u64 = 256 * 1024 * 1024;

/// Fixed in better-auth 1, as are the lengths of salt and hash, in bytes.
const BETTER_AUTH: ScryptCost = ScryptCost { log_n: 14, r: 16, p: 1 };
const BETTER_AUTH_SALT: usize = 16;
const BETTER_AUTH_HASH: usize = 64;

#[derive(Clone)]
pub(super) struct Scrypt {
    cost: ScryptCost,
    salt: Vec<u8>,
    hash: Vec<u8>,
    /// Of the password in NFKC.
    normalizes: bool,
}

#[derive(Clone, Copy)]
pub(super) struct ScryptCost {
    log_n: u8,
    r: u32,
    p: u32,
}

impl Scrypt {
    pub const fn new(cost: ScryptCost, salt: Vec<u8>, hash: Vec<u8>) -> Self {
        Self { cost, salt, hash, normalizes: false }
    }

    /// `salt:hash`. The salt is the text of its digits.
    pub fn of_better_auth(text: &str) -> Option<Self> {
        let (salt, hash) = text.split_once(':')?;
        let hash = hex_hash(hash).filter(|hash| hash.len() == BETTER_AUTH_HASH)?;
        hex::decode(salt, BETTER_AUTH_SALT).filter(|digits| digits.len() == BETTER_AUTH_SALT)?;
        Some(Self { normalizes: true, ..Self::new(BETTER_AUTH, salt.as_bytes().to_vec(), hash) })
    }

    pub fn verify(&self, password: &str) -> Option<bool> {
        let mut computed = vec![0; self.hash.len()];
        match self.normalizes {
            true => self.cost.compute(password.nfkc().collect::<String>().as_bytes(), &self.salt, &mut computed)?,
            false => self.cost.compute(password.as_bytes(), &self.salt, &mut computed)?,
        }
        Some(computed.ct_eq(&self.hash).into())
    }
}

impl ScryptCost {
    /// Of `ln=14,r=8,p=1`.
    pub fn of_params(params: &str) -> Option<Self> {
        let log_n = u8::try_from(parameter(params, "ln")?).ok()?;
        Self::new(log_n, parameter(params, "r")?, parameter(params, "p").unwrap_or(1))
    }

    /// `n` is written out, not its logarithm.
    pub fn of_texts(n: &str, r: &str, p: &str) -> Option<Self> {
        Self::new(log2(n)?, r.parse().ok()?, p.parse().ok()?)
    }

    fn new(log_n: u8, r: u32, p: u32) -> Option<Self> {
        let log_n = Some(log_n).filter(|log_n| (1..=24).contains(log_n))?;
        let work = 128_u64.checked_mul(1 << log_n)?.checked_mul(r.into())?.checked_mul(p.into())?;
        (1..=MAX_WORK).contains(&work).then_some(Self { log_n, r, p })
    }

    pub fn compute(self, password: &[u8], salt: &[u8], output: &mut [u8]) -> Option<()> {
        let params = scrypt::Params::new(self.log_n, self.r, self.p).ok()?;
        scrypt::scrypt(password, salt, &params, output).ok()
    }
}
