//! Hashing takes memory and time, and anyone may ask for it: so many at once and no more, a bounded number waiting, and
//! whoever comes on top of that hears so at once.

use std::{fmt, sync::Arc, thread::available_parallelism};

use aws_lc_rs::rand;
use secrecy::SecretString;
use tokio::sync::Semaphore;
use tracing::Span;

use super::argon2id::{Cost, Hasher, SALT};
use crate::accounts::{NewPassword, PasswordError, PasswordHash, canonical_password};

/// How many may wait. The last one waits some seconds.
const WAITING: usize = 256;

/// Threads for passwords: half of the cores, so that everybody else can still be served. Cheap to clone.
#[derive(Clone)]
pub struct PasswordPool(Arc<Pool>);

struct Pool {
    hasher: Hasher,
    /// At work and waiting.
    places: Arc<Semaphore>,
    /// At work.
    threads: Arc<Semaphore>,
}

/// Whether a password was the right one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It was.
    Right {
        /// The hash is weaker than one made today would be: hash the password anew, now that it is at hand.
        outdated: bool,
    },
    /// It was not, or there is none.
    Wrong,
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PoolError {
    /// Too many passwords at once: 503, to be tried again in some seconds.
    #[error("more passwords are to be hashed than this machine can take")]
    Full,
    /// No memory, no randomness, or no runtime any more.
    #[error("a password could not be hashed")]
    Broken,
}

impl PasswordPool {
    /// A pool for this machine.
    pub fn new() -> Self {
        let threads = available_parallelism().map_or(1, |cores| cores.get().div_ceil(2));
        Self::of(Cost::TODAY, threads, WAITING)
    }

    fn of(cost: Cost, threads: usize, waiting: usize) -> Self {
        let semaphore = |permits| Arc::new(Semaphore::new(permits));
        let (places, threads) = (semaphore(threads + waiting), semaphore(threads));
        Self(Arc::new(Pool { hasher: Hasher::new(cost), places, threads }))
    }

    /// Judges a password that somebody chose: [`NewPassword::choose`], where nobody waits for the thread.
    ///
    /// # Errors
    /// [`PoolError`] when it was not judged.
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

    /// The hash of a password, with a salt of its own, to be kept.
    ///
    /// # Errors
    /// [`PoolError`].
    pub async fn hash(&self, password: &NewPassword) -> Result<PasswordHash, PoolError> {
        let password = password.clone();
        self.run(move |hasher| {
            let mut salt = [0; SALT];
            rand::fill(&mut salt).map_err(|_| PoolError::Broken)?;
            hasher.hash(password.expose(), salt)
        })
        .await
    }

    /// Whether a password is the right one. `None`, for an account that there is not or that has no password, takes the
    /// same work as a hash: who measures the time must not learn which addresses have accounts.
    ///
    /// # Errors
    /// [`PoolError`].
    pub async fn verify(&self, password: &SecretString, hash: Option<&PasswordHash>) -> Result<Verdict, PoolError> {
        let (password, hash) = (password.clone(), hash.cloned());
        self.run(move |hasher| hasher.verify(canonical_password(&password).as_ref(), hash.as_ref())).await
    }

    /// Does some work on a thread of the pool. A caller who gives up while waiting leaves its place to others; work that
    /// was begun is finished, and keeps its place until then: nobody gets more of the machine by hanging up.
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

    fn pool(threads: usize, waiting: usize) -> PasswordPool {
        PasswordPool::of(SMALL, threads, waiting)
    }

    async fn chosen(text: &str) -> NewPassword {
        pool(1, 0).choose(&text.into(), &[]).await.unwrap().unwrap()
    }

    /// Takes a place until told to end, or until the test ends.
    async fn occupy(pool: &PasswordPool) -> (mpsc::Sender<()>, JoinHandle<Result<bool, PoolError>>) {
        let (end, told) = mpsc::channel::<()>();
        let pool = pool.clone();
        let task = tokio::spawn(async move { pool.run(move |_| Ok(told.recv().is_ok())).await });
        yield_now().await;
        (end, task)
    }

    #[tokio::test]
    async fn the_right_password_is_right_and_another_is_wrong() {
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
    async fn one_password_has_two_hashes() {
        let pool = pool(1, 1);
        let password = chosen("correct horse battery staple").await;
        assert_ne!(pool.hash(&password).await, pool.hash(&password).await);
    }

    #[tokio::test]
    async fn another_keyboards_spelling_is_right() {
        let pool = pool(1, 1);
        let hash = pool.hash(&chosen("sm\u{f6}rg\u{e5}sbord i B\u{e5}stad").await).await.unwrap();
        let verdict = pool.verify(&"smo\u{308}rga\u{30a}sbord i Ba\u{30a}stad".into(), Some(&hash)).await;
        assert_eq!(verdict, Ok(Verdict::Right { outdated: false }));
    }

    #[tokio::test]
    async fn whoever_has_no_account_no_hash_or_no_sense_costs_one_hash_and_is_wrong() {
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
    async fn a_weak_password_is_told_as_such_and_not_hashed() {
        let pool = pool(1, 1);
        assert_eq!(pool.choose(&"password".into(), &[]).await.unwrap().unwrap_err(), PasswordError::Common);
        let personal = pool.choose(&"ada@example.com".into(), &["ada@example.com"]).await.unwrap();
        assert_eq!(personal.unwrap_err(), PasswordError::Personal);
        assert_eq!(pool.0.hasher.computed(), 0);
    }

    #[tokio::test]
    async fn when_the_waiting_room_is_full_the_next_one_hears_so_at_once() {
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
    async fn who_gives_up_leaves_a_place_in_the_waiting_room_but_not_the_thread() {
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
    async fn work_that_panics_breaks_nothing_else() {
        let pool = pool(1, 0);
        let broken: Result<(), _> = pool.run(|_| panic!("as a test")).await;
        assert_eq!(broken, Err(PoolError::Broken));
        assert_eq!(pool.verify(&"x".into(), None).await, Ok(Verdict::Wrong));
    }
}
