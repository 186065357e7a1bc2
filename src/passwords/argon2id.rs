//! The password hash: Argon2id (RFC 9106). A missing account costs the same work as an existing one.

use std::sync::atomic::{AtomicU64, Ordering};

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{self, PasswordHasher, PasswordVerifier, phc},
};
use secrecy::{ExposeSecret, SecretString};

use super::{
    foreign::ForeignHash,
    pool::{PoolError, Verdict},
};
use crate::accounts::PasswordHash;

pub(super) const SALT_BYTES: usize = 16;
const OUTPUT_BYTES: usize = 32;

/// The work of one hash.
#[derive(Clone, Copy)]
pub(super) struct Cost {
    pub(super) memory_kib: u32,
    pub(super) passes: u32,
}

impl Cost {
    /// 19 MiB and 2 passes over it, in 1 lane (OWASP Password Storage Cheat Sheet).
    pub(super) const TODAY: Self = Self { memory_kib: 19 * 1024, passes: 2 };
    /// The highest cost of a stored hash that is computed: one forged row in the database must not stall the server.
    const MAX: Self = Self { memory_kib: 256 * 1024, passes: 16 };
}

/// Computes and verifies hashes on the caller's thread.
pub(super) struct Hasher {
    argon2: Argon2<'static>,
    computed: AtomicU64,
}

impl Hasher {
    pub(super) fn new(cost: Cost) -> Self {
        let params = Params::new(cost.memory_kib, cost.passes, 1, Some(OUTPUT_BYTES));
        let params = params.unwrap_or_else(|_| unreachable!("a constant within argon2's bounds"));
        Self { argon2: Argon2::new(Algorithm::Argon2id, Version::V0x13, params), computed: AtomicU64::new(0) }
    }

    /// Hashes a password, which is in canonical form.
    pub(super) fn hash(&self, password: &SecretString, salt: [u8; SALT_BYTES]) -> Result<PasswordHash, PoolError> {
        self.count();
        let hash = self.argon2.hash_password_with_salt(password.expose_secret().as_bytes(), &salt);
        hash.map(|hash| PasswordHash::from_row(hash.to_string())).map_err(|_| PoolError::Broken)
    }

    /// Verifies a password, in canonical form, against a hash. An overlong password (`None`), and a missing or
    /// unreadable hash, cost the same work, so that the response time does not reveal them.
    pub(super) fn verify(
        &self,
        password: Option<&SecretString>,
        hash: Option<&PasswordHash>,
    ) -> Result<Verdict, PoolError> {
        let stored = hash.and_then(|hash| {
            let stored = StoredHash::read(hash);
            if stored.is_none() {
                tracing::error!("unreadable password hash in the database; its user has to reset the password");
            }
            stored
        });
        let (Some(password), Some(stored)) = (password, stored) else {
            self.hash(&SecretString::from("dummy"), [0; SALT_BYTES])?;
            return Ok(Verdict::Wrong);
        };
        self.count();
        match self.argon2.verify_password(password.expose_secret().as_bytes(), &stored.hash) {
            Ok(()) => Ok(Verdict::Right { outdated: stored.is_outdated(self.argon2.params()) }),
            Err(password_hash::Error::PasswordInvalid) => Ok(Verdict::Wrong),
            Err(_) => Err(PoolError::Broken),
        }
    }

    /// Verifies a password against a hash that another system made. A right one is hashed again.
    pub(super) fn verify_foreign(&self, password: &SecretString, hash: &ForeignHash) -> Result<Verdict, PoolError> {
        self.count();
        match hash.verify(password) {
            Some(true) => Ok(Verdict::Right { outdated: true }),
            Some(false) => Ok(Verdict::Wrong),
            None => Err(PoolError::Broken),
        }
    }

    /// The number of hashes computed so far.
    pub(super) fn computed(&self) -> u64 {
        self.computed.load(Ordering::Relaxed)
    }

    fn count(&self) {
        self.computed.fetch_add(1, Ordering::Relaxed);
    }
}

/// Whether a password can be verified against this hash, made here or by another system.
pub fn is_readable(hash: &PasswordHash) -> bool {
    StoredHash::read(hash).is_some() || ForeignHash::read(hash.as_str()).is_some()
}

/// A readable hash from the database.
struct StoredHash {
    hash: phc::PasswordHash,
    is_argon2id: bool,
    params: Params,
}

impl StoredHash {
    /// `None` for an unreadable hash, and for one whose cost exceeds [`Cost::MAX`].
    fn read(hash: &PasswordHash) -> Option<Self> {
        let hash = phc::PasswordHash::new(hash.as_str()).ok()?;
        let algorithm = Algorithm::try_from(hash.algorithm.as_str()).ok()?;
        let version = hash.version.map(Version::try_from).transpose().ok()?;
        let params = Params::try_from(&hash).ok()?;
        let affordable = params.m_cost() <= Cost::MAX.memory_kib && params.t_cost() <= Cost::MAX.passes;
        (affordable && hash.salt.is_some() && hash.hash.is_some()).then(|| Self {
            is_argon2id: algorithm == Algorithm::Argon2id && version == Some(Version::V0x13),
            hash,
            params,
        })
    }

    fn is_outdated(&self, today: &Params) -> bool {
        !self.is_argon2id
            || self.params.m_cost() < today.m_cost()
            || self.params.t_cost() < today.t_cost()
            || self.hash.salt.is_none_or(|salt| salt.len() < SALT_BYTES)
            || self.hash.hash.is_none_or(|output| output.len() < OUTPUT_BYTES)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const SMALL: Cost = Cost { memory_kib: 64, passes: 1 };

    fn password() -> SecretString {
        "correct horse battery staple".into()
    }

    fn verify(hasher: &Hasher, text: &str) -> Verdict {
        hasher.verify(Some(&password()), Some(&PasswordHash::from_row(text.to_owned()))).unwrap()
    }

    #[test]
    fn hash_records_its_parameters() {
        let hash = Hasher::new(Cost::TODAY).hash(&password(), [7; SALT_BYTES]).unwrap();
        assert!(
            hash.as_str().starts_with("$argon2id$v=19$m=19456,t=2,p=1$BwcHBwcHBwcHBwcHBwcHBw$"),
            "{}",
            hash.as_str()
        );
        assert_eq!(verify(&Hasher::new(Cost::TODAY), hash.as_str()), Verdict::Right { outdated: false });
    }

    #[test]
    fn hash_of_the_reference_implementation_verifies() {
        let hash = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
        let verdict =
            Hasher::new(SMALL).verify(Some(&"password".into()), Some(&PasswordHash::from_row(hash.to_owned())));
        // Its salt has 8 bytes.
        assert_eq!(verdict, Ok(Verdict::Right { outdated: true }));
    }

    #[rstest]
    #[case::the_same(64, 1, false)]
    #[case::costlier(128, 2, false)]
    #[case::less_memory(32, 1, true)]
    #[case::less_memory_more_passes(32, 4, true)]
    fn weaker_hashes_are_outdated(#[case] memory_kib: u32, #[case] passes: u32, #[case] outdated: bool) {
        let hash = Hasher::new(Cost { memory_kib, passes }).hash(&password(), [7; SALT_BYTES]).unwrap();
        assert_eq!(verify(&Hasher::new(SMALL), hash.as_str()), Verdict::Right { outdated });
    }

    #[test]
    fn argon2i_hash_is_outdated() {
        let params = Params::new(64, 1, 1, Some(OUTPUT_BYTES)).unwrap();
        let argon2i = Argon2::new(Algorithm::Argon2i, Version::V0x13, params);
        let hash = argon2i.hash_password_with_salt(password().expose_secret().as_bytes(), &[7; SALT_BYTES]).unwrap();
        assert_eq!(verify(&Hasher::new(SMALL), &hash.to_string()), Verdict::Right { outdated: true });
    }

    #[rstest]
    #[case("")]
    #[case("$")]
    #[case("password")]
    #[case("$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW")]
    #[case("$argon2id$v=19$m=64,t=1,p=1")]
    #[case("$argon2id$v=19$m=64,t=1,p=1$BwcHBwcHBwcHBwcHBwcHBw")]
    #[case("$argon2id$v=19$m=64,t=1,p=1$BwcHBwcHBwcHBwcHBwcHBw$")]
    #[case("$argon2id$v=19$m=64,t=1,p=1$BwcHBwcHBwcHBwcHBwcHBw$AAAA")]
    #[case("$argon2id$v=7$m=64,t=1,p=1$BwcHBwcHBwcHBwcHBwcHBw$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc")]
    #[case("$argon2id$v=19$m=0,t=0,p=0$BwcHBwcHBwcHBwcHBwcHBw$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc")]
    #[case::four_tebibytes(
        "$argon2id$v=19$m=4294967295,t=1,p=1$BwcHBwcHBwcHBwcHBwcHBw$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
    )]
    #[case::four_billion_passes(
        "$argon2id$v=19$m=64,t=4294967295,p=1$BwcHBwcHBwcHBwcHBwcHBw$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
    )]
    #[case("$argon2id$v=19$m=64,t=1,p=1$🦀$🦀")]
    fn unreadable_hash_matches_no_password_at_the_same_cost(#[case] text: &str) {
        let hasher = Hasher::new(SMALL);
        assert_eq!(verify(&hasher, text), Verdict::Wrong);
        assert_eq!(hasher.computed(), 1);
    }

    #[test]
    fn every_verification_computes_one_hash() {
        let hasher = Hasher::new(SMALL);
        let hash = hasher.hash(&password(), [7; SALT_BYTES]).unwrap();
        let wrong = "another one".into();
        let mut computed = hasher.computed();
        for (password, hash, verdict) in [
            (Some(&password()), Some(&hash), Verdict::Right { outdated: false }),
            (Some(&wrong), Some(&hash), Verdict::Wrong),
            (Some(&password()), None, Verdict::Wrong),
            (None, Some(&hash), Verdict::Wrong),
            (None, None, Verdict::Wrong),
            (Some(&"dummy".into()), None, Verdict::Wrong),
        ] {
            assert_eq!(hasher.verify(password, hash), Ok(verdict));
            computed += 1;
            assert_eq!(hasher.computed(), computed);
        }
    }
}
