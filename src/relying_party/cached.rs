//! A document from elsewhere, kept for a while: fetched once for many who ask, and not again and again for an attacker.

use std::{
    future::Future,
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
    },
};

use tokio::sync::Mutex;

/// How long a document serves, in seconds.
#[derive(Clone, Copy, Debug)]
pub struct Lifetime {
    /// Fetched anew when older.
    pub fresh: i64,
    /// While the provider is away, an older one still serves until this age.
    pub hard: i64,
    /// Between two fetches that a stranger can provoke (an unknown `kid`), or after one that failed.
    pub cool_down: i64,
}

#[derive(Debug)]
struct Snapshot<T> {
    value: Arc<T>,
    fetched_at: i64,
}

/// One cached document. Readers of a fresh value never wait for a fetch.
#[derive(Debug)]
pub struct Cached<T> {
    lifetime: Lifetime,
    snapshot: RwLock<Option<Snapshot<T>>>,
    /// Held while fetching, which makes it single-flight; holds when the last provoked or failed fetch was.
    last_attempt: Mutex<Option<i64>>,
    /// Counts fetches that failed, so that who waited for one does not begin the next.
    failures: AtomicU64,
}

/// Why there is no document.
#[derive(Debug, PartialEq, Eq)]
pub enum Missing<E> {
    /// Our own fetch failed.
    Failed(E),
    /// The fetch that we waited for failed.
    FailedForAnother,
}

impl<T> Cached<T> {
    /// Nothing yet.
    pub fn new(lifetime: Lifetime) -> Self {
        Self { lifetime, snapshot: RwLock::new(None), last_attempt: Mutex::new(None), failures: AtomicU64::new(0) }
    }

    /// The document, fetched when there is none or it is no longer fresh.
    ///
    /// # Errors
    /// [`Missing`] when the fetch fails and there is no older document that may still serve.
    pub async fn get<E>(&self, now: i64, fetch: impl Future<Output = Result<T, E>>) -> Result<Arc<T>, Missing<E>> {
        if let Some(value) = self.younger_than(self.lifetime.fresh, now) {
            return Ok(value);
        }
        let failures = self.failures.load(Ordering::Acquire);
        let mut last_attempt = self.last_attempt.lock().await;
        if let Some(value) = self.younger_than(self.lifetime.fresh, now) {
            return Ok(value);
        }
        let stale = self.younger_than(self.lifetime.hard, now);
        if let Some(value) = stale.as_ref().filter(|_| self.cools_down(*last_attempt, now)) {
            return Ok(Arc::clone(value));
        }
        // A hundred who waited for a provider that hangs would otherwise hang one after the other.
        if stale.is_none() && self.failures.load(Ordering::Acquire) != failures {
            return Err(Missing::FailedForAnother);
        }
        match fetch.await {
            Ok(value) => Ok(self.keep(value, now)),
            Err(error) => {
                *last_attempt = Some(now);
                self.failures.fetch_add(1, Ordering::Release);
                stale.ok_or(Missing::Failed(error))
            }
        }
    }

    /// A newer document than `seen`, because `seen` lacks something: the one that somebody else fetched meanwhile, or
    /// a fetch unless the last such fetch was a moment ago. `None` when there is nothing newer to be had.
    pub async fn newer_than<E>(
        &self,
        seen: &Arc<T>,
        now: i64,
        fetch: impl Future<Output = Result<T, E>>,
    ) -> Option<Arc<T>> {
        let mut last_attempt = self.last_attempt.lock().await;
        if let Some(value) = self.younger_than(self.lifetime.hard, now).filter(|value| !Arc::ptr_eq(value, seen)) {
            return Some(value);
        }
        if self.cools_down(*last_attempt, now) {
            return None;
        }
        *last_attempt = Some(now);
        fetch.await.ok().map(|value| self.keep(value, now))
    }

    fn younger_than(&self, age: i64, now: i64) -> Option<Arc<T>> {
        let snapshot = self.snapshot.read().unwrap_or_else(PoisonError::into_inner);
        snapshot
            .as_ref()
            // A clock that stepped back makes a document old, not young for ever.
            .filter(|snapshot| (0..age).contains(&now.saturating_sub(snapshot.fetched_at)))
            .map(|snapshot| Arc::clone(&snapshot.value))
    }

    fn cools_down(&self, last_attempt: Option<i64>, now: i64) -> bool {
        last_attempt.is_some_and(|at| (0..self.lifetime.cool_down).contains(&now.saturating_sub(at)))
    }

    fn keep(&self, value: T, now: i64) -> Arc<T> {
        let value = Arc::new(value);
        *self.snapshot.write().unwrap_or_else(PoisonError::into_inner) =
            Some(Snapshot { value: Arc::clone(&value), fetched_at: now });
        value
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    const LIFETIME: Lifetime = Lifetime { fresh: 600, hard: 3600, cool_down: 30 };

    /// A provider that counts how often it is asked.
    #[derive(Default)]
    struct Provider(AtomicU32);

    impl Provider {
        async fn answers(&self) -> Result<u32, ()> {
            Ok(self.0.fetch_add(1, Ordering::SeqCst) + 1)
        }
        async fn is_away(&self) -> Result<u32, ()> {
            self.0.fetch_add(1, Ordering::SeqCst);
            Err(())
        }
        fn asked(&self) -> u32 {
            self.0.load(Ordering::SeqCst)
        }
    }

    #[tokio::test]
    async fn a_fresh_document_is_not_fetched_again_and_an_old_one_is() {
        let (cached, provider) = (Cached::new(LIFETIME), Provider::default());
        assert_eq!(*cached.get(0, provider.answers()).await.unwrap(), 1);
        assert_eq!(*cached.get(599, provider.answers()).await.unwrap(), 1);
        assert_eq!(*cached.get(600, provider.answers()).await.unwrap(), 2);
    }

    #[tokio::test]
    async fn a_stale_document_serves_while_the_provider_is_away_but_not_for_ever() {
        let (cached, provider) = (Cached::new(LIFETIME), Provider::default());
        cached.get(0, provider.answers()).await.unwrap();
        assert_eq!(*cached.get(700, provider.is_away()).await.unwrap(), 1);
        assert_eq!(*cached.get(710, provider.is_away()).await.unwrap(), 1);
        assert_eq!(provider.asked(), 2, "a failed fetch is not repeated within the cool-down");
        assert_eq!(cached.get(3600, provider.is_away()).await, Err(Missing::Failed(())));
        assert_eq!(*cached.get(3601, provider.answers()).await.unwrap(), 4);
    }

    #[tokio::test]
    async fn an_unknown_key_causes_one_fetch_in_a_cool_down() {
        let (cached, provider) = (Cached::new(LIFETIME), Provider::default());
        let first = cached.get(0, provider.answers()).await.unwrap();
        let second = cached.newer_than(&first, 1, provider.answers()).await.unwrap();
        assert_eq!(*second, 2);
        assert!(cached.newer_than(&second, 30, provider.answers()).await.is_none());
        assert_eq!(provider.asked(), 2);
        assert_eq!(*cached.newer_than(&second, 31, provider.answers()).await.unwrap(), 3);
    }

    #[tokio::test]
    async fn those_who_wait_for_a_fetch_that_fails_do_not_begin_another() {
        let (cached, provider) = (Arc::new(Cached::<u32>::new(LIFETIME)), Arc::new(Provider::default()));
        let asking: Vec<_> = (0..100)
            .map(|_| {
                let (cached, provider) = (Arc::clone(&cached), Arc::clone(&provider));
                tokio::spawn(async move {
                    let fetch = async {
                        tokio::task::yield_now().await;
                        provider.is_away().await
                    };
                    cached.get(0, fetch).await
                })
            })
            .collect();
        for answer in asking {
            assert!(answer.await.unwrap().is_err());
        }
        assert_eq!(provider.asked(), 1);
        assert_eq!(*cached.get(0, provider.answers()).await.unwrap(), 2, "who comes later tries again at once");
    }

    #[tokio::test]
    async fn a_clock_that_steps_back_fetches_anew() {
        let (cached, provider) = (Cached::new(LIFETIME), Provider::default());
        cached.get(3600, provider.answers()).await.unwrap();
        assert_eq!(*cached.get(0, provider.answers()).await.unwrap(), 2);
    }

    #[tokio::test]
    async fn a_hundred_who_ask_at_once_cause_one_fetch() {
        let (cached, provider) = (Cached::new(LIFETIME), Arc::new(Provider::default()));
        let cached = Arc::new(cached);
        let first = cached.get(0, provider.answers()).await.unwrap();
        let asking: Vec<_> = (0..100)
            .map(|_| {
                let (cached, provider, first) = (Arc::clone(&cached), Arc::clone(&provider), Arc::clone(&first));
                tokio::spawn(async move {
                    let fetch = async {
                        tokio::task::yield_now().await;
                        provider.answers().await
                    };
                    cached.newer_than(&first, 1, fetch).await.map(|value| *value)
                })
            })
            .collect();
        for answer in asking {
            assert_eq!(answer.await.unwrap(), Some(2));
        }
        assert_eq!(provider.asked(), 2);
    }
}
