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
//! | `$pbkdf2-sha256$iterations$salt$hash`, `$pbkdf2$…` with SHA-1 | passlib |
//! | `pbkdf2_sha256$iterations$salt$hash`, `scrypt$N$salt$r$p$hash`, `bcrypt$$2b$…`, `bcrypt_sha256$$2b$…` | Django; salts are text |
//! | `scrypt:N:r:p$salt$hash`, `pbkdf2:sha256:iterations$salt$hash` | Werkzeug, of Flask: salts are text, hashes hexadecimal |
//! | `salt:hash`, both hexadecimal | better-auth's scrypt; the salt is the text of its digits |
//! | `$firebase-scrypt$ln=…,r=…$salt$separator$signer key$hash` | Firebase, with the project's parameters |
//!
//! Base64 with or without padding, in the standard alphabet; passlib writes `.` for `+`.

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
use unicode_normalization::UnicodeNormalization as _;

use crate::sealing::sha256_hex;

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
/// Shorter hashes could be guessed by chance.
const MIN_HASH: usize = 16;

/// Fixed in better-auth 1.
const BETTER_AUTH: ScryptCost = ScryptCost { log_n: 14, r: 16, p: 1 };

/// A readable hash.
#[derive(Clone)]
pub struct ForeignHash(Kind);

#[derive(Clone)]
enum Kind {
    Bcrypt(String),
    /// Of the password's SHA-256 in hexadecimal, so that no password is too long.
    BcryptOfSha256(String),
    Scrypt {
        params: ScryptCost,
        salt: Vec<u8>,
        hash: Vec<u8>,
    },
    BetterAuth {
        salt: Vec<u8>,
        hash: Vec<u8>,
    },
    Pbkdf2 {
        algorithm: pbkdf2::Algorithm,
        iterations: NonZeroU32,
        salt: Vec<u8>,
        hash: Vec<u8>,
    },
    Firebase {
        params: ScryptCost,
        salt: Vec<u8>,
        signer_key: Vec<u8>,
        hash: Vec<u8>,
    },
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
            ["", _, _, _] => Kind::Bcrypt(bcrypt_of(text)?),
            ["bcrypt", "", _, _, _] => Kind::Bcrypt(bcrypt_of(text.strip_prefix("bcrypt$")?)?),
            ["bcrypt_sha256", "", _, _, _] => Kind::BcryptOfSha256(bcrypt_of(text.strip_prefix("bcrypt_sha256$")?)?),
            ["", "scrypt", params, salt, hash] => {
                Kind::Scrypt { params: ScryptCost::read(params)?, salt: decode(salt)?, hash: decode(hash)? }
            }
            ["scrypt", n, salt, r, p, hash] => {
                let params = ScryptCost::new(log2(n)?, r.parse().ok()?, p.parse().ok()?)?;
                Kind::Scrypt { params, salt: text_salt(salt)?, hash: decode(hash)? }
            }
            ["", "pbkdf2", iterations, salt, hash] => {
                pbkdf2_of("sha1", iterations.parse().ok()?, decode_passlib(salt)?, decode_passlib(hash)?)?
            }
            ["", name, params, salt, hash] if name.starts_with("pbkdf2-") => {
                let iterations = parameter(params, "i").or_else(|| params.parse().ok())?;
                pbkdf2_of(name.strip_prefix("pbkdf2-")?, iterations, decode_passlib(salt)?, decode_passlib(hash)?)?
            }
            [name, iterations, salt, hash] if name.starts_with("pbkdf2_") => {
                pbkdf2_of(name.strip_prefix("pbkdf2_")?, iterations.parse().ok()?, text_salt(salt)?, decode(hash)?)?
            }
            [method, salt, hash] => werkzeug(method, text_salt(salt)?, decode_hex(hash)?)?,
            ["", "firebase-scrypt", params, salt, separator, signer_key, hash] => Kind::Firebase {
                params: ScryptCost::read(params)?,
                salt: [decode(salt)?, decode(separator)?].concat(),
                signer_key: decode(signer_key)?,
                hash: decode(hash)?,
            },
            [text] => better_auth(text)?,
            _ => return None,
        };
        kind.hash().is_none_or(|hash| hash.len() >= MIN_HASH).then_some(Self(kind))
    }

    /// Whether the password is right. `None` if it cannot be computed.
    pub(super) fn verify(&self, password: &SecretString) -> Option<bool> {
        let text = password.expose_secret();
        let password = text.as_bytes();
        match &self.0 {
            Kind::Bcrypt(hash) => bcrypt::verify(password, hash).ok(),
            Kind::BcryptOfSha256(hash) => bcrypt::verify(sha256_hex(password), hash).ok(),
            Kind::Scrypt { params, salt, hash } => params.verify(password, salt, hash),
            Kind::BetterAuth { salt, hash } => {
                let normalized: String = text.nfkc().collect();
                BETTER_AUTH.verify(normalized.as_bytes(), salt, hash)
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

impl Kind {
    /// `None` for bcrypt's, which have one length.
    fn hash(&self) -> Option<&[u8]> {
        match self {
            Self::Bcrypt(_) | Self::BcryptOfSha256(_) => None,
            Self::Scrypt { hash, .. }
            | Self::BetterAuth { hash, .. }
            | Self::Pbkdf2 { hash, .. }
            | Self::Firebase { hash, .. } => Some(hash),
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
        let log_n = u8::try_from(parameter(params, "ln")?).ok()?;
        Self::new(log_n, parameter(params, "r")?, parameter(params, "p").unwrap_or(1))
    }

    fn new(log_n: u8, r: u32, p: u32) -> Option<Self> {
        let log_n = Some(log_n).filter(|log_n| (1..=24).contains(log_n))?;
        let work = 128_u64.checked_mul(1 << log_n)?.checked_mul(r.into())?.checked_mul(p.into())?;
        (1..=MAX_SCRYPT_WORK).contains(&work).then_some(Self { log_n, r, p })
    }

    fn verify(self, password: &[u8], salt: &[u8], hash: &[u8]) -> Option<bool> {
        let mut computed = vec![0; hash.len()];
        self.compute(password, salt, &mut computed)?;
        Some(computed.ct_eq(hash).into())
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

/// `method$salt$hash`, of which the method has its parameters in it.
fn werkzeug(method: &str, salt: Vec<u8>, hash: Vec<u8>) -> Option<Kind> {
    match method.split(':').collect::<Vec<_>>().as_slice() {
        ["scrypt", n, r, p] => {
            let params = ScryptCost::new(log2(n)?, r.parse().ok()?, p.parse().ok()?)?;
            Some(Kind::Scrypt { params, salt, hash })
        }
        ["pbkdf2", hash_function, iterations] => pbkdf2_of(hash_function, iterations.parse().ok()?, salt, hash),
        _ => None,
    }
}

fn better_auth(text: &str) -> Option<Kind> {
    let (salt, hash) = text.split_once(':')?;
    let (digits, hash) = (decode_hex(salt)?, decode_hex(hash)?);
    (digits.len() == 16 && hash.len() == 64).then(|| Kind::BetterAuth { salt: salt.as_bytes().to_vec(), hash })
}

/// `$2b$cost$` and salt and hash.
fn bcrypt_of(text: &str) -> Option<String> {
    match text.split('$').collect::<Vec<_>>().as_slice() {
        ["", "2a" | "2b" | "2y", cost, rest] if is_bcrypt(rest) => {
            (4..=MAX_BCRYPT_COST).contains(&cost.parse().ok()?).then(|| text.to_owned())
        }
        _ => None,
    }
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

fn decode_passlib(text: &str) -> Option<Vec<u8>> {
    decode(&text.replace('.', "+"))
}

fn decode_hex(text: &str) -> Option<Vec<u8>> {
    if text.len() > 2 * MAX_PART || !text.len().is_multiple_of(2) || !text.bytes().all(|byte| byte.is_ascii_hexdigit())
    {
        return None;
    }
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok()).collect()
}

/// A salt that is used as it is written.
fn text_salt(text: &str) -> Option<Vec<u8>> {
    (text.len() <= MAX_PART).then(|| text.as_bytes().to_vec())
}

/// Of a power of two.
fn log2(n: &str) -> Option<u8> {
    let n: u32 = n.parse().ok()?;
    n.is_power_of_two().then(|| u8::try_from(n.ilog2()).ok())?
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const FIREBASE: &str = "$firebase-scrypt$ln=14,r=8$42xEC+ixf3L2lw==$Bw==$jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==$lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==";

    /// Published examples: Firebase's scrypt tool, crypt_blowfish, RFC 7914 §12, RFC 6070 and its counterpart for SHA-256. The
    /// others were computed with Python's hashlib, and by the libraries themselves: Django 5.2, Werkzeug 3.1, passlib 1.7 and
    /// better-auth 1.7.
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
    #[case::django_scrypt(
        "scrypt$1024$seasaltseasaltseasalt1$8$5$m0MwtsCP1WeBYhillKpmWOvdyeAxL6iuhK6FdPds+iAilBZMNx6wvJdzmCZ0FxVa3eOd40Zyw9fkzHbDjfqTcA==",
        "l\u{e8}tmein"
    )]
    #[case::django_bcrypt("bcrypt$$2b$05$CCCCCCCCCCCCCCCCCCCCC./mc37Kdhrv0B3/.B13E.XXGgHg1yCoy", "l\u{e8}tmein")]
    #[case::django_bcrypt_of_sha256(
        "bcrypt_sha256$$2b$05$CCCCCCCCCCCCCCCCCCCCC.bdNwF18LmuBgx.3vdUAHc5aN/.UHaVC",
        "l\u{e8}tmein"
    )]
    #[case::werkzeug_scrypt(
        "scrypt:1024:8:1$8n87Pl3hr0gZBe30$4f40588f23941394afc0e3cb7ecf77cce84360ea8879882977a6012471540ae62ce1f2f4ac351f8495a3710d779484a863d90a413ffd6be214e1fa929822f31b",
        "l\u{e8}tmein"
    )]
    #[case::werkzeug_pbkdf2(
        "pbkdf2:sha256:1000$cBarEimFAMROqkYH$9bfeff8623bb9066330b057ec11ce704689c577a9623094f558b44e47080b953",
        "l\u{e8}tmein"
    )]
    #[case::passlib_pbkdf2_sha256(
        "$pbkdf2-sha256$1000$dM6Zk7LWmvP.31vLuXeuVQ$ivGbmH7TZkCtPDHwWGbc2W5lTsDDp470OY5fyon/uDo",
        "l\u{e8}tmein"
    )]
    #[case::passlib_pbkdf2("$pbkdf2$1000$HaPUOicEQKjVmlMqRah1Tg$Vgqf1Rc0hhXav/7V7lF0B06GdxU", "l\u{e8}tmein")]
    #[case::passlib_scrypt(
        "$scrypt$ln=8,r=8,p=1$Uao1RmiNcY7x/p9zDoEQ4g$eez5Ci3vsJ6AVqOcHLVtOIOo0boXF1NdXJ6kbZNdnOE",
        "l\u{e8}tmein"
    )]
    #[case::better_auth(
        "037274dd6cf2d13841a98ef8885d37ab:a277d7c35c7111700f8c5d0c84cf612c1b47ae01e018a8269743fa82a9719449f49b6c27ec097616a82c0f4fbea166860fb367328da78971041fc9d978646b07",
        "l\u{e8}tmein"
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
    #[case::passlib_iterations("$pbkdf2-sha256$4000000000$c2FsdA$AAAAAAAAAAAAAAAAAAAAAA")]
    #[case::django_bcrypt_cost("bcrypt$$2b$31$CCCCCCCCCCCCCCCCCCCCC./mc37Kdhrv0B3/.B13E.XXGgHg1yCoy")]
    #[case::django_scrypt_memory("scrypt$4194304$salt$8$1$AAAAAAAAAAAAAAAAAAAAAA")]
    #[case::django_scrypt_no_power_of_two("scrypt$1000$salt$8$1$AAAAAAAAAAAAAAAAAAAAAA")]
    #[case::werkzeug_memory("scrypt:4194304:8:1$salt$00000000000000000000000000000000")]
    #[case::werkzeug_short_hash("scrypt:1024:8:1$salt$00000000")]
    #[case::werkzeug_no_hex("scrypt:1024:8:1$salt$0000000000000000000000000000000+")]
    #[case::werkzeug_plain("plain$salt$00000000000000000000000000000000")]
    #[case::better_auth_lengths("037274dd:a277d7c35c7111700f8c5d0c84cf612c")]
    #[case::no_base64("$pbkdf2-sha256$i=1000$c2FsdA$!!!!")]
    fn unreadable_and_expensive_hashes_are_refused(#[case] text: &str) {
        assert!(ForeignHash::read(text).is_none());
    }
}
