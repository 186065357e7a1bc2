//! A bounded pool for password hashing, which costs memory and time and which anyone can trigger: a fixed number of
//! threads, a bounded queue, and an immediate error beyond it.

mod lane;
#[cfg(test)]
mod tests;

use std::{fmt, net::IpAddr, sync::Arc, thread::available_parallelism};

use secrecy::SecretString;

use self::lane::Lane;
pub use self::lane::{PoolError, PoolLoad};
use super::{
    argon2id::{Cost, Hasher},
    foreign::ForeignHash,
};
use crate::{
    accounts::{NewPassword, PasswordError, PasswordHash, PasswordRules, canonical_password},
    sealing::random_bytes,
};

/// Length of the queue for hashes. Its last entry waits a few seconds.
const HASHES: usize = 256;
/// Length of the queue for strength estimates: milliseconds each, for hostile input tenths of a second.
const ESTIMATES: usize = 64;
/// Of these, for one network (an IPv4 address or an IPv6 /64): strangers cannot make everybody else wait.
const PER_NETWORK: usize = 16;

/// Threads for hashes and threads for strength estimates: each half of the cores, so that other requests are still served, and so
/// that neither waits for the other. Cheap to clone.
#[derive(Clone)]
pub struct PasswordPool(Arc<Pool>);

struct Pool {
    hasher: Hasher,
    rules: PasswordRules,
    hashes: Lane,
    estimates: Lane,
}

/// The result of a verification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Right {
        /// The stored hash is weaker than a new one would be: hash the password again now.
        outdated: bool,
    },
    /// The password is wrong, or the account has none.
    Wrong,
}

impl PasswordPool {
    /// A pool sized for this machine, for passwords by the default rules. `per_network`: whether one network has a share
    /// only (`RATE_LIMITS`).
    pub fn new(per_network: bool) -> Self {
        Self::with_rules(per_network, PasswordRules::default())
    }

    /// The same for passwords by these rules.
    pub fn with_rules(per_network: bool, rules: PasswordRules) -> Self {
        let threads = available_parallelism().map_or(1, |cores| cores.get().div_ceil(2));
        let share = per_network.then_some(PER_NETWORK);
        Self::of(Cost::TODAY, Lane::new(threads, HASHES, share), Lane::new(threads, ESTIMATES, share), rules)
    }

    fn of(cost: Cost, hashes: Lane, estimates: Lane, rules: PasswordRules) -> Self {
        Self(Arc::new(Pool { hasher: Hasher::new(cost), rules, hashes, estimates }))
    }

    /// The rules for new passwords.
    pub fn rules(&self) -> PasswordRules {
        self.0.rules
    }

    /// Runs [`NewPassword::choose`] in the pool; its strength estimate takes milliseconds. `personal`: the user's
    /// email, name and the like, which the password must not consist of. `from`: who asks.
    ///
    /// # Errors
    /// [`PoolError`] when the check did not run; the inner error when the password is too weak.
    pub async fn choose(
        &self,
        password: &SecretString,
        personal: &[&str],
        from: Option<IpAddr>,
    ) -> Result<Result<NewPassword, PasswordError>, PoolError> {
        let password = password.clone();
        let personal: Vec<String> = personal.iter().map(|text| (*text).to_owned()).collect();
        let rules = self.0.rules;
        let work = move || {
            let personal: Vec<&str> = personal.iter().map(String::as_str).collect();
            Ok(NewPassword::choose(&password, &personal, rules))
        };
        self.0.estimates.run(from, work).await
    }

    /// Hashes a password with a random salt.
    pub async fn hash(&self, password: &NewPassword, from: Option<IpAddr>) -> Result<PasswordHash, PoolError> {
        let password = password.clone();
        let work =
            move |hasher: &Hasher| hasher.hash(password.expose(), random_bytes().map_err(|_| PoolError::Broken)?);
        self.hashing(from, work).await
    }

    /// Hashes a password that was just verified, whether or not it could be chosen today: a strong hash protects a weak password
    /// better than a weak one does. `None` above 4096 bytes.
    pub async fn rehash(
        &self,
        password: &SecretString,
        from: Option<IpAddr>,
    ) -> Result<Option<PasswordHash>, PoolError> {
        let Some(password) = canonical_password(password) else { return Ok(None) };
        let work =
            move |hasher: &Hasher| hasher.hash(&password, random_bytes().map_err(|_| PoolError::Broken)?).map(Some);
        self.hashing(from, work).await
    }

    /// Verifies a password. Without a hash (no such account, or one without a password) it costs the same work, so that
    /// the response time does not reveal which emails have accounts.
    pub async fn verify(
        &self,
        password: &SecretString,
        hash: Option<&PasswordHash>,
        from: Option<IpAddr>,
    ) -> Result<Verdict, PoolError> {
        let (password, hash) = (password.clone(), hash.cloned());
        let work = move |hasher: &Hasher| match hash.as_ref().and_then(|hash| ForeignHash::read(hash.as_str())) {
            // Other systems hash what was typed.
            Some(foreign) => hasher.verify_foreign(&password, &foreign),
            None => hasher.verify(canonical_password(&password).as_ref(), hash.as_ref()),
        };
        self.hashing(from, work).await
    }

    /// What is hashed and what waits for it.
    pub fn load(&self) -> PoolLoad {
        self.0.hashes.load()
    }

    async fn hashing<T: Send + 'static>(
        &self,
        from: Option<IpAddr>,
        work: impl FnOnce(&Hasher) -> Result<T, PoolError> + Send + 'static,
    ) -> Result<T, PoolError> {
        let pool = self.0.clone();
        self.0.hashes.run(from, move || work(&pool.hasher)).await
    }
}

impl fmt::Debug for PasswordPool {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "PasswordPool({} computed)", self.0.hasher.computed())
    }
}
