//! A bounded pool for password hashing, which costs memory and time and which anyone can trigger: a fixed number of
//! threads, a bounded queue, and an immediate error beyond it.

use std::{fmt, sync::Arc, thread::available_parallelism};

use secrecy::SecretString;
use tokio::sync::Semaphore;
use tracing::Span;

use super::argon2id::{Cost, Hasher};
use crate::{
    accounts::{NewPassword, PasswordError, PasswordHash, canonical_password},
    sealing::random_bytes,
};

/// Length of the queue. Its last entry waits a few seconds.
const QUEUE: usize = 256;

/// Threads for password hashing: half of the cores, so that other requests are still served. Cheap to clone.
#[derive(Clone)]
pub struct PasswordPool(Arc<Pool>);

struct Pool {
    hasher: Hasher,
    /// Running and queued work.
    places: Arc<Semaphore>,
    /// Running work.
    threads: Arc<Semaphore>,
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
    /// The queue is full: 503, retry in a few seconds.
    #[error("password hashing queue full")]
    Full,
    /// Out of memory, no random bytes, or the runtime is shutting down.
    #[error("password hashing failed")]
    Broken,
}

impl PasswordPool {
    /// A pool sized for this machine.
    pub fn new() -> Self {
        let threads = available_parallelism().map_or(1, |cores| cores.get().div_ceil(2));
        Self::of(Cost::TODAY, threads, QUEUE)
    }

    fn of(cost: Cost, threads: usize, queue: usize) -> Self {
        let semaphore = |permits| Arc::new(Semaphore::new(permits));
        let (places, threads) = (semaphore(threads + queue), semaphore(threads));
        Self(Arc::new(Pool { hasher: Hasher::new(cost), places, threads }))
    }

    /// Runs [`NewPassword::choose`] in the pool; its strength estimate takes milliseconds. `personal`: the user's
    /// email, name and the like, which the password must not consist of.
    ///
    /// # Errors
    /// [`PoolError`] when the check did not run; the inner error when the password is too weak.
    pub async fn choose(
        &self,
        password: &SecretString,
        personal: &[&str],
    ) -> Result<Result<NewPassword, PasswordError>, PoolError> {
        let password = password.clone();
        let personal: Vec<String> = personal.iter().map(|text| (*text).to_owned()).collect();
        self.run(move |_| {
            let personal: Vec<&str> = personal.iter().map(String::as_str).collect();
            Ok(NewPassword::choose(&password, &personal))
        })
        .await
    }

    /// Hashes a password with a random salt.
    pub async fn hash(&self, password: &NewPassword) -> Result<PasswordHash, PoolError> {
        let password = password.clone();
        self.run(move |hasher| hasher.hash(password.expose(), random_bytes().map_err(|_| PoolError::Broken)?)).await
    }

    /// Verifies a password. Without a hash (no such account, or one without a password) it costs the same work, so that
    /// the response time does not reveal which emails have accounts.
    pub async fn verify(&self, password: &SecretString, hash: Option<&PasswordHash>) -> Result<Verdict, PoolError> {
        let (password, hash) = (password.clone(), hash.cloned());
        self.run(move |hasher| hasher.verify(canonical_password(&password).as_ref(), hash.as_ref())).await
    }

    /// Runs work on a thread of the pool. A caller that is cancelled while queued frees its place. Work that has
    /// started keeps its place until it ends, so that disconnecting clients cannot start more work than the pool
    /// allows.
    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Hasher) -> Result<T, PoolError> + Send + 'static,
    ) -> Result<T, PoolError> {
        let place = self.0.places.clone().try_acquire_owned().map_err(|_| PoolError::Full)?;
        let thread = self.0.threads.clone().acquire_owned().await.map_err(|_| PoolError::Broken)?;
        let (pool, span) = (self.0.clone(), Span::current());
        let done = tokio::task::spawn_blocking(move || {
            let _held = (place, thread);
            span.in_scope(|| work(&pool.hasher))
        });
        done.await.map_err(|_| PoolError::Broken)?
    }
}

impl Default for PasswordPool {
    fn default() -> Self {
        Self::new()
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
        PasswordPool::of(SMALL, threads, queue)
    }

    async fn chosen(text: &str) -> NewPassword {
        pool(1, 0).choose(&text.into(), &[]).await.unwrap().unwrap()
    }

    /// Occupies a place until the sender is used or dropped.
    async fn occupy(pool: &PasswordPool) -> (mpsc::Sender<()>, JoinHandle<Result<bool, PoolError>>) {
        let (end, ended) = mpsc::channel::<()>();
        let pool = pool.clone();
        let task = tokio::spawn(async move { pool.run(move |_| Ok(ended.recv().is_ok())).await });
        yield_now().await;
        (end, task)
    }

    #[tokio::test]
    async fn only_the_exact_password_verifies() {
        let pool = pool(1, 1);
        let hash = pool.hash(&chosen("correct horse battery staple").await).await.unwrap();
        for (password, verdict) in [
            ("correct horse battery staple", Verdict::Right { outdated: false }),
            ("correct horse battery stapl", Verdict::Wrong),
            ("correct horse battery staple ", Verdict::Wrong),
            ("Correct horse battery staple", Verdict::Wrong),
            ("", Verdict::Wrong),
        ] {
            assert_eq!(pool.verify(&password.into(), Some(&hash)).await, Ok(verdict), "{password}");
        }
    }

    #[tokio::test]
    async fn hashing_twice_gives_two_hashes() {
        let pool = pool(1, 1);
        let password = chosen("correct horse battery staple").await;
        assert_ne!(pool.hash(&password).await, pool.hash(&password).await);
    }

    #[tokio::test]
    async fn decomposed_unicode_verifies() {
        let pool = pool(1, 1);
        let hash = pool.hash(&chosen("sm\u{f6}rg\u{e5}sbord i B\u{e5}stad").await).await.unwrap();
        let verdict = pool.verify(&"smo\u{308}rga\u{30a}sbord i Ba\u{30a}stad".into(), Some(&hash)).await;
        assert_eq!(verdict, Ok(Verdict::Right { outdated: false }));
    }

    #[tokio::test]
    async fn impossible_verifications_cost_one_hash() {
        let pool = pool(1, 1);
        let hash = pool.hash(&chosen("correct horse battery staple").await).await.unwrap();
        let unreadable = PasswordHash::from_row("$argon2id$".into());
        let long = "x".repeat(4097);
        for (password, hash) in [
            ("correct horse battery staple", None),
            ("correct horse battery staple", Some(&unreadable)),
            (long.as_str(), Some(&hash)),
            (long.as_str(), None),
        ] {
            let before = pool.0.hasher.computed();
            assert_eq!(pool.verify(&password.into(), hash).await, Ok(Verdict::Wrong));
            assert_eq!(pool.0.hasher.computed(), before + 1);
        }
    }

    #[tokio::test]
    async fn weak_passwords_are_rejected_without_hashing() {
        let pool = pool(1, 1);
        assert_eq!(pool.choose(&"password".into(), &[]).await.unwrap().unwrap_err(), PasswordError::Common);
        let personal = pool.choose(&"ada@example.com".into(), &["ada@example.com"]).await.unwrap();
        assert_eq!(personal.unwrap_err(), PasswordError::Personal);
        assert_eq!(pool.0.hasher.computed(), 0);
    }

    #[tokio::test]
    async fn full_queue_rejects_at_once() {
        let pool = pool(1, 1);
        let (end_first, first) = occupy(&pool).await;
        let (end_second, second) = occupy(&pool).await;
        assert_eq!(pool.verify(&"x".into(), None).await, Err(PoolError::Full));

        end_first.send(()).unwrap();
        assert_eq!(first.await.unwrap(), Ok(true));
        end_second.send(()).unwrap();
        assert_eq!(second.await.unwrap(), Ok(true));
        assert_eq!(pool.verify(&"x".into(), None).await, Ok(Verdict::Wrong));
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
        assert_eq!((pool.0.places.available_permits(), pool.0.threads.available_permits()), (1, 0));

        end_first.send(()).unwrap();
        assert_eq!(pool.verify(&"x".into(), None).await, Ok(Verdict::Wrong));
    }

    #[tokio::test]
    async fn panicking_work_leaves_the_pool_usable() {
        let pool = pool(1, 0);
        let broken: Result<(), _> = pool.run(|_| panic!("as a test")).await;
        assert_eq!(broken, Err(PoolError::Broken));
        assert_eq!(pool.verify(&"x".into(), None).await, Ok(Verdict::Wrong));
    }
}
