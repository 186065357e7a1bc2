//! Password hashes that another system made, of imported users. Each is verified at the user's next sign-in, and then
//! replaced by an argon2id hash.
//!
//! One text per hash, so that a row says by itself how to verify it:
//!
//! | form | who has it |
//! |---|---|
//! | `$2a$`, `$2b$`, `$2y$` | bcrypt: Supabase, Auth.js recipes, PHP |
//! | `$scrypt$ln=…,r=…,p=…$salt$hash` | scrypt as a PHC string |
//! | `$pbkdf2-sha256$i=…$salt$hash`, `-sha1`, `-sha512` | PBKDF2 as a PHC string: Keycloak |
//! | `pbkdf2_sha256$iterations$salt$hash` | Django; its salt is text |
//! | `$firebase-scrypt$ln=…,r=…$salt$separator$signer key$hash` | Firebase, with the project's parameters |
//!
//! Base64 with or without padding, in the standard alphabet.

use std::num::NonZeroU32;

use aws_lc_rs::{
    cipher::{AES_256, EncryptingKey, EncryptionContext, UnboundCipherKey},
    iv::FixedLength,
    pbkdf2,
};
use base64::{
    Engine as _, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;

const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

// The highest costs that are computed: one imported row must not stall the server.
const MAX_BCRYPT_COST: u32 = 14;
const MAX_ITERATIONS: u32 = 2_000_000;
/// In bytes, of all lanes together: 128 N r p (RFC 7914 §2).
const MAX_SCRYPT_WORK: u64 = 256 * 1024 * 1024;
/// Of a hash, a salt or a key.
const MAX_PART: usize = 256;

/// A readable hash.
#[derive(Clone)]
pub struct ForeignHash(Kind);

#[derive(Clone)]
enum Kind {
    Bcrypt(String),
    Scrypt { params: ScryptCost, salt: Vec<u8>, hash: Vec<u8> },
    Pbkdf2 { algorithm: pbkdf2::Algorithm, iterations: NonZeroU32, salt: Vec<u8>, hash: Vec<u8> },
    Firebase { params: ScryptCost, salt: Vec<u8>, signer_key: Vec<u8>, hash: Vec<u8> },
}

#[derive(Clone, Copy)]
struct ScryptCost {
    log_n: u8,
    r: u32,
    p: u32,
}

impl ForeignHash {
    /// `None` for an argon2id hash made here, for anything unreadable, and for one that would cost too much.
    pub fn read(text: &str) -> Option<Self> {
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return None;
        }
        let kind = match text.split('$').collect::<Vec<_>>().as_slice() {
            ["", "2a" | "2b" | "2y", cost, rest] if is_bcrypt(rest) => {
                (4..=MAX_BCRYPT_COST).contains(&cost.parse().ok()?).then(|| Kind::Bcrypt(text.to_owned()))?
            }
            ["", "scrypt", params, salt, hash] => {
                Kind::Scrypt { params: ScryptCost::read(params)?, salt: decode(salt)?, hash: decode_hash(hash)? }
            }
            ["", name, params, salt, hash] if name.starts_with("pbkdf2-") => {
                let iterations = parameter(params, "i")?;
                pbkdf2_of(name.strip_prefix("pbkdf2-")?, iterations, decode(salt)?, decode_hash(hash)?)?
            }
            [name, iterations, salt, hash] if name.starts_with("pbkdf2_") => {
                let (name, salt) = (name.strip_prefix("pbkdf2_")?, salt.as_bytes().to_vec());
                pbkdf2_of(name, iterations.parse().ok()?, salt, decode_hash(hash)?)?
            }
            ["", "firebase-scrypt", params, salt, separator, signer_key, hash] => Kind::Firebase {
                params: ScryptCost::read(params)?,
                salt: [decode(salt)?, decode(separator)?].concat(),
                signer_key: decode(signer_key)?,
                hash: decode_hash(hash)?,
            },
            _ => return None,
        };
        Some(Self(kind))
    }

    /// Whether the password is right. `None` if it cannot be computed.
    pub(super) fn verify(&self, password: &SecretString) -> Option<bool> {
        let password = password.expose_secret().as_bytes();
        match &self.0 {
            Kind::Bcrypt(hash) => bcrypt::verify(password, hash).ok(),
            Kind::Scrypt { params, salt, hash } => {
                let mut computed = vec![0; hash.len()];
                params.compute(password, salt, &mut computed)?;
                Some(computed.ct_eq(hash).into())
            }
            Kind::Pbkdf2 { algorithm, iterations, salt, hash } => {
                Some(pbkdf2::verify(*algorithm, *iterations, salt, password, hash).is_ok())
            }
            Kind::Firebase { params, salt, signer_key, hash } => {
                Some(firebase(*params, salt, signer_key, password)?.ct_eq(hash).into())
            }
        }
    }
}

/// Firebase's scrypt: the derived key encrypts the project's signer key, and that is the hash.
fn firebase(params: ScryptCost, salt: &[u8], signer_key: &[u8], password: &[u8]) -> Option<Vec<u8>> {
    let mut key = [0; 64];
    params.compute(password, salt, &mut key)?;
    let (key, _) = key.split_at(32);
    let key = EncryptingKey::ctr(UnboundCipherKey::new(&AES_256, key).ok()?).ok()?;
    let mut encrypted = signer_key.to_vec();
    key.less_safe_encrypt(&mut encrypted, EncryptionContext::Iv128(FixedLength::from([0; 16]))).ok()?;
    Some(encrypted)
}

impl ScryptCost {
    fn read(params: &str) -> Option<Self> {
        let log_n = u8::try_from(parameter(params, "ln")?).ok().filter(|log_n| (1..=24).contains(log_n))?;
        let (r, p) = (parameter(params, "r")?, parameter(params, "p").unwrap_or(1));
        let work = 128_u64.checked_mul(1 << log_n)?.checked_mul(r.into())?.checked_mul(p.into())?;
        (1..=MAX_SCRYPT_WORK).contains(&work).then_some(Self { log_n, r, p })
    }

    fn compute(self, password: &[u8], salt: &[u8], output: &mut [u8]) -> Option<()> {
        let params = scrypt::Params::new(self.log_n, self.r, self.p).ok()?;
        scrypt::scrypt(password, salt, &params, output).ok()
    }
}

fn pbkdf2_of(hash_function: &str, iterations: u32, salt: Vec<u8>, hash: Vec<u8>) -> Option<Kind> {
    let algorithm = match hash_function {
        "sha1" => pbkdf2::PBKDF2_HMAC_SHA1,
        "sha256" => pbkdf2::PBKDF2_HMAC_SHA256,
        "sha512" => pbkdf2::PBKDF2_HMAC_SHA512,
        _ => return None,
    };
    let iterations = NonZeroU32::new(iterations).filter(|iterations| iterations.get() <= MAX_ITERATIONS)?;
    Some(Kind::Pbkdf2 { algorithm, iterations, salt, hash })
}

/// Salt and hash, in bcrypt's own base64.
fn is_bcrypt(text: &str) -> bool {
    text.len() == 53 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'/')
}

/// Of `name=1,other=2`.
fn parameter(params: &str, name: &str) -> Option<u32> {
    params.split(',').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))?.parse().ok()
}

fn decode(text: &str) -> Option<Vec<u8>> {
    BASE64.decode(text).ok().filter(|bytes| bytes.len() <= MAX_PART)
}

/// Shorter ones could be guessed by chance.
fn decode_hash(text: &str) -> Option<Vec<u8>> {
    decode(text).filter(|hash| hash.len() >= 16)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const FIREBASE: &str = "$firebase-scrypt$ln=14,r=8$42xEC+ixf3L2lw==$Bw==$jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==$lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==";

    /// Published examples: Firebase's scrypt tool, crypt_blowfish, RFC 7914 §12, RFC 6070 and its counterpart for SHA-256. The
    /// others were computed with Python's hashlib.
    #[rstest]
    #[case::firebase(FIREBASE, "user1password")]
    #[case::bcrypt("$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", "U*U")]
    #[case::bcrypt_of_php("$2y$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", "U*U")]
    #[case::scrypt(
        "$scrypt$ln=14,r=8,p=1$U29kaXVtQ2hsb3JpZGU$cCO9yzr9c0hGHAbNgf046/2o+7qQT44+qbVD9lRdofLVQylVYT8Pz2LUlwUkKpr55h6F3A1lHkDfzwF7RVdYhw",
        "pleaseletmein"
    )]
    #[case::pbkdf2_sha1("$pbkdf2-sha1$i=4096$c2FsdA$SwB5AbdlSJq+rUnZJvch0GWkKcE", "password")]
    #[case::pbkdf2_sha256(
        "$pbkdf2-sha256$i=4096,l=32$c2FsdA==$xeR41ZKIyEGqUw22hFxMjZYok6ABzk4RpJY4c6qYE0o",
        "password"
    )]
    #[case::pbkdf2_sha512(
        "$pbkdf2-sha512$i=4096$c2FsdA$0Zexsz2wFD4BixLz0dFHnmzevcyXxcD4f2kC4HL0V7UUPzBgJkGz1VzTNZiMs2uEN2Bg7NUy4Dm3QqI5Q0ry1Q",
        "password"
    )]
    #[case::django("pbkdf2_sha256$10000$seasalt$CWWFdHOWwPnki7HvkcqN9iA2T3KLW1cf2uZ5kvArtVY=", "l\u{e8}tmein")]
    fn published_hashes_verify(#[case] hash: &str, #[case] password: &str) {
        let hash = ForeignHash::read(hash).expect("readable");
        assert_eq!(hash.verify(&password.into()), Some(true));
        for wrong in ["", "Password", "user1passwor", "U*U*"] {
            assert_eq!(hash.verify(&wrong.into()), Some(false), "{wrong}");
        }
    }

    #[rstest]
    #[case::ours("$argon2id$v=19$m=19456,t=2,p=1$BwcHBwcHBwcHBwcHBwcHBw$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    #[case::empty("")]
    #[case::plain_text("password")]
    #[case::md5("5f4dcc3b5aa765d61d8327deb882cf99")]
    #[case::bcrypt_cost("$2b$31$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW")]
    #[case::bcrypt_cut("$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOe")]
    #[case::scrypt_memory("$scrypt$ln=22,r=8,p=1$c2FsdA$AAAAAAAAAAAAAAAAAAAAAA")]
    #[case::scrypt_overflow("$scrypt$ln=63,r=4294967295,p=1$c2FsdA$AAAAAAAAAAAAAAAAAAAAAA")]
    #[case::bcrypt_alphabet("$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyO=W")]
    #[case::a_control_character("pbkdf2_sha256$10000$sea\0salt$CWWFdHOWwPnki7HvkcqN9iA2T3KLW1cf2uZ5kvArtVY=")]
    #[case::scrypt_nothing("$scrypt$ln=10,r=0,p=1$c2FsdA$AAAAAAAAAAAAAAAAAAAAAA")]
    #[case::scrypt_lanes("$scrypt$ln=14,r=8,p=17$c2FsdA$AAAAAAAAAAAAAAAAAAAAAA")]
    #[case::pbkdf2_iterations("$pbkdf2-sha256$i=4000000000$c2FsdA$AAAAAAAAAAAAAAAAAAAAAA")]
    #[case::pbkdf2_none("$pbkdf2-sha256$i=0$c2FsdA$AAAAAAAAAAAAAAAAAAAAAA")]
    #[case::pbkdf2_md5("$pbkdf2-md5$i=1000$c2FsdA$AAAAAAAAAAAAAAAAAAAAAA")]
    #[case::short_hash("$pbkdf2-sha256$i=1000$c2FsdA$AAAA")]
    #[case::no_base64("$pbkdf2-sha256$i=1000$c2FsdA$!!!!")]
    fn unreadable_and_expensive_hashes_are_refused(#[case] text: &str) {
        assert!(ForeignHash::read(text).is_none());
    }
}
