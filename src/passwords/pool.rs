//! A bounded pool for password hashing, which costs memory and time and which anyone can trigger: a fixed number of
//! threads, a bounded queue, and an immediate error beyond it.

use std::{
    fmt,
    net::IpAddr,
    sync::Arc,
    thread::{self, available_parallelism},
};

use secrecy::SecretString;
use tokio::sync::{Semaphore, oneshot};
use tracing::Span;

use super::{
    argon2id::{Cost, Hasher},
    foreign::ForeignHash,
};
use crate::{
    accounts::{NewPassword, PasswordError, PasswordHash, PasswordRules, canonical_password},
    limits::Places,
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

/// Threads with a queue before them.
struct Lane {
    /// Running and queued work.
    places: Places,
    /// Running work.
    threads: Arc<Semaphore>,
    /// Threads, and places in the queue.
    limits: (usize, usize),
}

/// The work of the pool, for monitoring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolLoad {
    pub running: usize,
    pub waiting: usize,
    pub running_limit: usize,
    pub waiting_limit: usize,
}

impl Lane {
    fn new(threads: usize, queue: usize, per_network: Option<usize>) -> Self {
        let places = Places::new(threads + queue, per_network);
        Self { places, threads: Arc::new(Semaphore::new(threads)), limits: (threads, queue) }
    }

    /// Runs work on a thread of the lane. A caller that is cancelled while queued frees its place. Work that has started keeps
    /// its place until it ends, so that disconnecting clients cannot start more work than the lane allows.
    async fn run<T: Send + 'static>(
        &self,
        from: Option<IpAddr>,
        work: impl FnOnce() -> Result<T, PoolError> + Send + 'static,
    ) -> Result<T, PoolError> {
        // Ends with the work: the wait for a thread is in it.
        let hash = tracing::trace_span!("hash");
        let place = self.places.take(from).map_err(|_| PoolError::Full)?;
        let thread = self.threads.clone().acquire_owned().await.map_err(|_| PoolError::Broken)?;
        let (span, (done, outcome)) = (Span::current(), oneshot::channel());
        // One for each: a thread costs a thousandth of a hash, and one of lower priority could not do other work.
        let started = thread::Builder::new().name("passwords".to_owned()).spawn(move || {
            // Dropped in reverse order if the work panics: the place is free before the caller hears of it.
            let done = done;
            let held = (place, thread, hash);
            lower_priority();
            let outcome = span.in_scope(work);
            drop(held);
            // The caller may be gone.
            drop(done.send(outcome));
        });
        started.map_err(|_| PoolError::Broken)?;
        outcome.await.map_err(|_| PoolError::Broken)?
    }
}

/// Below the threads that serve requests: where these have work, a tenth of their share.
#[cfg(target_os = "linux")]
const NICE: i32 = 10;

/// Lets other threads go first. Linux has priorities of threads.
fn lower_priority() {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::setpriority_process(Some(rustix::thread::gettid()), NICE) {
        tracing::debug!(%error, "a thread for passwords keeps its priority");
    }
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

/// Why a password was not processed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PoolError {
    /// The queue is full, or the network has its share of it: retry in a few seconds.
    #[error("password hashing queue full")]
    Full,
    /// Out of memory, no random bytes, or the runtime is shutting down.
    #[error("password hashing failed")]
    Broken,
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
        let Lane { places, threads, limits, .. } = &self.0.hashes;
        let running = limits.0.saturating_sub(threads.available_permits());
        PoolLoad {
            running,
            waiting: places.in_use().saturating_sub(running),
            running_limit: limits.0,
            waiting_limit: limits.1,
        }
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

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use tokio::task::{JoinHandle, yield_now};

    use super::*;

    const SMALL: Cost = Cost { memory_kib: 64, passes: 1 };

    fn pool(threads: usize, queue: usize) -> PasswordPool {
        PasswordPool::of(SMALL, Lane::new(threads, queue, Some(100)), Lane::new(1, 1, None), PasswordRules::default())
    }

    async fn chosen(text: &str) -> NewPassword {
        pool(1, 0).choose(&text.into(), &[], None).await.unwrap().unwrap()
    }

    /// Occupies a place until the sender is used or dropped.
    async fn occupy(pool: &PasswordPool) -> (mpsc::Sender<()>, JoinHandle<Result<bool, PoolError>>) {
        let (end, ended) = mpsc::channel::<()>();
        let pool = pool.clone();
        let task = tokio::spawn(async move { pool.hashing(None, move |_| Ok(ended.recv().is_ok())).await });
        yield_now().await;
        (end, task)
    }

    #[tokio::test]
    async fn only_the_exact_password_verifies() {
        let pool = pool(1, 1);
        let hash = pool.hash(&chosen("correct horse battery staple").await, None).await.unwrap();
        for (password, verdict) in [
            ("correct horse battery staple", Verdict::Right { outdated: false }),
            ("correct horse battery stapl", Verdict::Wrong),
            ("correct horse battery staple ", Verdict::Wrong),
            ("Correct horse battery staple", Verdict::Wrong),
            ("", Verdict::Wrong),
        ] {
            assert_eq!(pool.verify(&password.into(), Some(&hash), None).await, Ok(verdict), "{password}");
        }
    }

    #[tokio::test]
    async fn hashing_twice_gives_two_hashes() {
        let pool = pool(1, 1);
        let password = chosen("correct horse battery staple").await;
        assert_ne!(pool.hash(&password, None).await, pool.hash(&password, None).await);
    }

    #[tokio::test]
    async fn decomposed_unicode_verifies() {
        let pool = pool(1, 1);
        let hash = pool.hash(&chosen("sm\u{f6}rg\u{e5}sbord i B\u{e5}stad").await, None).await.unwrap();
        let verdict = pool.verify(&"smo\u{308}rga\u{30a}sbord i Ba\u{30a}stad".into(), Some(&hash), None).await;
        assert_eq!(verdict, Ok(Verdict::Right { outdated: false }));
    }

    #[tokio::test]
    async fn impossible_verifications_cost_one_hash() {
        let pool = pool(1, 1);
        let hash = pool.hash(&chosen("correct horse battery staple").await, None).await.unwrap();
        let unreadable = PasswordHash::from_row("$argon2id$".into());
        let long = "x".repeat(4097);
        for (password, hash) in [
            ("correct horse battery staple", None),
            ("correct horse battery staple", Some(&unreadable)),
            (long.as_str(), Some(&hash)),
            (long.as_str(), None),
        ] {
            let before = pool.0.hasher.computed();
            assert_eq!(pool.verify(&password.into(), hash, None).await, Ok(Verdict::Wrong));
            assert_eq!(pool.0.hasher.computed(), before + 1);
        }
    }

    #[tokio::test]
    async fn weak_passwords_are_rejected_without_hashing() {
        let pool = pool(1, 1);
        assert_eq!(pool.choose(&"password".into(), &[], None).await.unwrap().unwrap_err(), PasswordError::Common);
        let personal = pool.choose(&"ada@example.com".into(), &["ada@example.com"], None).await.unwrap();
        assert_eq!(personal.unwrap_err(), PasswordError::Personal);
        assert_eq!(pool.0.hasher.computed(), 0);
    }

    #[tokio::test]
    async fn full_queue_rejects_at_once() {
        let pool = pool(1, 1);
        let (end_first, first) = occupy(&pool).await;
        let (end_second, second) = occupy(&pool).await;
        assert_eq!(pool.verify(&"x".into(), None, None).await, Err(PoolError::Full));

        let load = PoolLoad { running: 1, waiting: 1, running_limit: 1, waiting_limit: 1 };
        assert_eq!(pool.load(), load);

        end_first.send(()).unwrap();
        assert_eq!(first.await.unwrap(), Ok(true));
        end_second.send(()).unwrap();
        assert_eq!(second.await.unwrap(), Ok(true));
        assert_eq!(pool.verify(&"x".into(), None, None).await, Ok(Verdict::Wrong));
    }

    #[tokio::test]
    async fn one_network_cannot_fill_the_queue() {
        let (hashes, estimates) = (Lane::new(1, 10, Some(2)), Lane::new(1, 1, None));
        let pool = PasswordPool::of(SMALL, hashes, estimates, PasswordRules::default());
        let (one, other) = (Some(IpAddr::from([203, 0, 113, 1])), Some(IpAddr::from([203, 0, 113, 2])));
        let (_end, _first) = occupy(&pool).await;
        let mut waiting = Vec::new();
        for _ in 0..2 {
            let pool = pool.clone();
            waiting.push(tokio::spawn(async move { pool.verify(&"x".into(), None, one).await }));
            yield_now().await;
        }
        assert_eq!(pool.verify(&"x".into(), None, one).await, Err(PoolError::Full));
        let counterpart = {
            let pool = pool.clone();
            tokio::spawn(async move { pool.verify(&"x".into(), None, other).await })
        };
        drop(_end);
        for waiting in waiting.into_iter().chain([counterpart]) {
            assert_eq!(waiting.await.unwrap(), Ok(Verdict::Wrong));
        }
    }

    #[tokio::test]
    async fn estimates_do_not_wait_for_hashes() {
        let pool = pool(1, 0);
        let (_end, _first) = occupy(&pool).await;
        assert_eq!(pool.verify(&"x".into(), None, None).await, Err(PoolError::Full));
        assert!(pool.choose(&"correct horse battery staple".into(), &[], None).await.unwrap().is_ok());
    }

    #[tokio::test]
    async fn cancelled_caller_frees_its_place_but_not_the_thread() {
        let pool = pool(1, 1);
        let (end_first, first) = occupy(&pool).await;
        let (_end_second, second) = occupy(&pool).await;
        second.abort();
        assert!(second.await.unwrap_err().is_cancelled());
        first.abort();
        assert!(first.await.unwrap_err().is_cancelled());
        assert_eq!(format!("{:?}", pool.0.hashes.places), "Places(1 of 2 taken)");
        assert_eq!(pool.0.hashes.threads.available_permits(), 0);

        end_first.send(()).unwrap();
        assert_eq!(pool.verify(&"x".into(), None, None).await, Ok(Verdict::Wrong));
    }

    #[tokio::test]
    async fn panicking_work_leaves_the_pool_usable() {
        let pool = pool(1, 0);
        let broken: Result<(), _> = pool.hashing(None, |_| panic!("as a test")).await;
        assert_eq!(broken, Err(PoolError::Broken));
        assert_eq!(pool.verify(&"x".into(), None, None).await, Ok(Verdict::Wrong));
    }
}
