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

mod bcrypt;
mod firebase;
mod parts;
mod pbkdf2;
mod scrypt;

#[cfg(test)]
mod tests;

use secrecy::{ExposeSecret, SecretString};

use self::{
    bcrypt::Bcrypt,
    firebase::FirebaseScrypt,
    parts::{base64, base64_hash, base64_hash_of_passlib, base64_of_passlib, hex_hash, parameter, text_salt},
    pbkdf2::Pbkdf2,
    scrypt::{Scrypt, ScryptCost},
};

/// A readable hash.
#[derive(Clone)]
pub struct ForeignHash(Family);

#[derive(Clone)]
enum Family {
    Bcrypt(Bcrypt),
    Scrypt(Scrypt),
    Firebase(FirebaseScrypt),
    Pbkdf2(Pbkdf2),
}

impl ForeignHash {
    /// `None` for an argon2id hash made here, for anything unreadable, and for one that would cost too much.
    pub fn read(text: &str) -> Option<Self> {
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return None;
        }
        let family = match text.split('$').collect::<Vec<_>>().as_slice() {
            ["", "scrypt", params, salt, hash] => {
                Family::Scrypt(Scrypt::new(ScryptCost::of_params(params)?, base64(salt)?, base64_hash(hash)?))
            }
            ["scrypt", n, salt, r, p, hash] => {
                Family::Scrypt(Scrypt::new(ScryptCost::of_texts(n, r, p)?, text_salt(salt)?, base64_hash(hash)?))
            }
            ["", "firebase-scrypt", params, salt, separator, signer_key, hash] => Family::Firebase(FirebaseScrypt {
                cost: ScryptCost::of_params(params)?,
                salt: [base64(salt)?, base64(separator)?].concat(),
                signer_key: base64(signer_key)?,
                hash: base64_hash(hash)?,
            }),
            ["", "pbkdf2", iterations, salt, hash] => {
                Family::Pbkdf2(of_passlib("sha1", iterations.parse().ok()?, salt, hash)?)
            }
            ["", name, params, salt, hash] => {
                let iterations = parameter(params, "i").or_else(|| params.parse().ok())?;
                Family::Pbkdf2(of_passlib(name.strip_prefix("pbkdf2-")?, iterations, salt, hash)?)
            }
            ["", _, _, _] => Family::Bcrypt(Bcrypt::read(text)?),
            ["bcrypt", "", _, _, _] => Family::Bcrypt(Bcrypt::read(text.strip_prefix("bcrypt$")?)?),
            ["bcrypt_sha256", "", _, _, _] => Family::Bcrypt(Bcrypt::of_sha256(text.strip_prefix("bcrypt_sha256$")?)?),
            [name, iterations, salt, hash] => {
                let function = name.strip_prefix("pbkdf2_")?;
                Family::Pbkdf2(Pbkdf2::new(function, iterations.parse().ok()?, text_salt(salt)?, base64_hash(hash)?)?)
            }
            [method, salt, hash] => of_werkzeug(method, text_salt(salt)?, hex_hash(hash)?)?,
            [text] => Family::Scrypt(Scrypt::of_better_auth(text)?),
            _ => return None,
        };
        Some(Self(family))
    }

    /// Whether the password is right. `None` if it cannot be computed.
    pub(super) fn verify(&self, password: &SecretString) -> Option<bool> {
        let password = password.expose_secret();
        match &self.0 {
            Family::Bcrypt(hash) => hash.verify(password),
            Family::Scrypt(hash) => hash.verify(password),
            Family::Firebase(hash) => hash.verify(password),
            Family::Pbkdf2(hash) => Some(hash.verify(password)),
        }
    }
}

fn of_passlib(function: &str, iterations: u32, salt: &str, hash: &str) -> Option<Pbkdf2> {
    Pbkdf2::new(function, iterations, base64_of_passlib(salt)?, base64_hash_of_passlib(hash)?)
}

/// `method$salt$hash`, of which the method has its parameters in it.
fn of_werkzeug(method: &str, salt: Vec<u8>, hash: Vec<u8>) -> Option<Family> {
    match method.split(':').collect::<Vec<_>>().as_slice() {
        ["scrypt", n, r, p] => Some(Family::Scrypt(Scrypt::new(ScryptCost::of_texts(n, r, p)?, salt, hash))),
        ["pbkdf2", function, iterations] => {
            Some(Family::Pbkdf2(Pbkdf2::new(function, iterations.parse().ok()?, salt, hash)?))
        }
        _ => None,
    }
}
