//! A cached document: one fetch serves concurrent callers, and an attacker cannot provoke repeated fetches.

use std::{
    future::Future,
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
    },
};

use tokio::sync::Mutex;

use crate::inspect::DocumentSource;

/// The cache lifetimes of a document, in seconds.
#[derive(Clone, Copy, Debug)]
pub struct Lifetime {
    /// An older document is fetched again.
    pub fresh: i64,
    /// If the fetch fails, an older document is used up to this age.
    pub max_age: i64,
    /// Minimum interval after a failed fetch, and between fetches that a client can provoke (an unknown `kid`).
    pub cool_down: i64,
}

#[derive(Debug)]
struct Entry<T> {
    value: Arc<T>,
    fetched_at: i64,
}

/// One cached document. While it is fresh, callers never wait for a fetch.
#[derive(Debug)]
pub struct Cached<T> {
    lifetime: Lifetime,
    entry: RwLock<Option<Entry<T>>>,
    /// Locked during a fetch (single-flight). The time of the last provoked or failed fetch.
    last_attempt: Mutex<Option<i64>>,
    /// The number of failed fetches: a caller that waited for a failed one does not start the next.
    failures: AtomicU64,
}

/// Why there is no document.
#[derive(Debug, PartialEq, Eq)]
pub enum CacheError<E> {
    /// The caller's fetch failed.
    Fetch(E),
    /// The fetch of another caller, which this one waited for, failed.
    SharedFetch,
}

impl<T> Cached<T> {
    /// An empty cache.
    pub fn new(lifetime: Lifetime) -> Self {
        Self { lifetime, entry: RwLock::new(None), last_attempt: Mutex::new(None), failures: AtomicU64::new(0) }
    }

    /// The document; fetched if there is none or it is no longer fresh.
    ///
    /// # Errors
    /// [`CacheError`] if the fetch fails and there is no document within `max_age`.
    pub async fn get<E>(&self, now: i64, fetch: impl Future<Output = Result<T, E>>) -> Result<Arc<T>, CacheError<E>> {
        if let Some(value) = self.younger_than(self.lifetime.fresh, now) {
            return Ok(value);
        }
        let failures = self.failures.load(Ordering::Acquire);
        let mut last_attempt = self.last_attempt.lock().await;
        if let Some(value) = self.younger_than(self.lifetime.fresh, now) {
            return Ok(value);
        }
        let stale = self.younger_than(self.lifetime.max_age, now);
        if let Some(value) = stale.as_ref().filter(|_| self.is_cooling_down(*last_attempt, now)) {
            return Ok(Arc::clone(value));
        }
        // Otherwise callers that waited for a hanging provider would hang one after another.
        if stale.is_none() && self.failures.load(Ordering::Acquire) != failures {
            return Err(CacheError::SharedFetch);
        }
        match fetch.await {
            Ok(value) => Ok(self.store(value, now)),
            Err(error) => {
                *last_attempt = Some(now);
                self.failures.fetch_add(1, Ordering::Release);
                stale.ok_or(CacheError::Fetch(error))
            }
        }
    }

    /// A newer document than `seen`, because `seen` lacks something: one that another caller fetched in the meantime,
    /// or a new fetch. `None` if the fetch fails or the cool-down since the last one has not passed.
    pub async fn newer_than<E>(
        &self,
        seen: &Arc<T>,
        now: i64,
        fetch: impl Future<Output = Result<T, E>>,
    ) -> Option<Arc<T>> {
        let mut last_attempt = self.last_attempt.lock().await;
        if let Some(value) = self.younger_than(self.lifetime.max_age, now).filter(|value| !Arc::ptr_eq(value, seen)) {
            return Some(value);
        }
        if self.is_cooling_down(*last_attempt, now) {
            return None;
        }
        *last_attempt = Some(now);
        fetch.await.ok().map(|value| self.store(value, now))
    }

    /// Where [`get`](Self::get) would take the document from.
    pub(super) fn source(&self, now: i64) -> DocumentSource {
        match (self.younger_than(self.lifetime.fresh, now), self.last_attempt.try_lock()) {
            (Some(_), _) => DocumentSource::Cache,
            (None, Ok(_)) => DocumentSource::Fetch,
            (None, Err(_)) => DocumentSource::AnotherRequest,
        }
    }

    fn younger_than(&self, age: i64, now: i64) -> Option<Arc<T>> {
        let entry = self.entry.read().unwrap_or_else(PoisonError::into_inner);
        entry
            .as_ref()
            // A document from the future, after the clock stepped back, counts as old.
            .filter(|entry| (0..age).contains(&now.saturating_sub(entry.fetched_at)))
            .map(|entry| Arc::clone(&entry.value))
    }

    fn is_cooling_down(&self, last_attempt: Option<i64>, now: i64) -> bool {
        last_attempt.is_some_and(|at| (0..self.lifetime.cool_down).contains(&now.saturating_sub(at)))
    }

    fn store(&self, value: T, now: i64) -> Arc<T> {
        let value = Arc::new(value);
        *self.entry.write().unwrap_or_else(PoisonError::into_inner) =
            Some(Entry { value: Arc::clone(&value), fetched_at: now });
        value
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    const LIFETIME: Lifetime = Lifetime { fresh: 600, max_age: 3600, cool_down: 30 };

    /// A provider that counts its requests.
    #[derive(Default)]
    struct Provider(AtomicU32);

    impl Provider {
        async fn succeed(&self) -> Result<u32, ()> {
            Ok(self.0.fetch_add(1, Ordering::SeqCst) + 1)
        }
        async fn fail(&self) -> Result<u32, ()> {
            self.0.fetch_add(1, Ordering::SeqCst);
            Err(())
        }
        fn requests(&self) -> u32 {
            self.0.load(Ordering::SeqCst)
        }
    }

    #[tokio::test]
    async fn document_is_fetched_again_when_old() {
        let (cached, provider) = (Cached::new(LIFETIME), Provider::default());
        assert_eq!(*cached.get(0, provider.succeed()).await.unwrap(), 1);
        assert_eq!(*cached.get(599, provider.succeed()).await.unwrap(), 1);
        assert_eq!(*cached.get(600, provider.succeed()).await.unwrap(), 2);
    }

    #[tokio::test]
    async fn stale_document_is_used_up_to_max_age() {
        let (cached, provider) = (Cached::new(LIFETIME), Provider::default());
        cached.get(0, provider.succeed()).await.unwrap();
        assert_eq!(*cached.get(700, provider.fail()).await.unwrap(), 1);
        assert_eq!(*cached.get(710, provider.fail()).await.unwrap(), 1);
        assert_eq!(provider.requests(), 2, "a failed fetch is not repeated within the cool-down");
        assert_eq!(cached.get(3600, provider.fail()).await, Err(CacheError::Fetch(())));
        assert_eq!(*cached.get(3601, provider.succeed()).await.unwrap(), 4);
    }

    #[tokio::test]
    async fn provoked_fetches_respect_the_cool_down() {
        let (cached, provider) = (Cached::new(LIFETIME), Provider::default());
        let first = cached.get(0, provider.succeed()).await.unwrap();
        let second = cached.newer_than(&first, 1, provider.succeed()).await.unwrap();
        assert_eq!(*second, 2);
        assert!(cached.newer_than(&second, 30, provider.succeed()).await.is_none());
        assert_eq!(provider.requests(), 2);
        assert_eq!(*cached.newer_than(&second, 31, provider.succeed()).await.unwrap(), 3);
    }

    #[tokio::test]
    async fn callers_waiting_for_a_failed_fetch_start_none() {
        let (cached, provider) = (Arc::new(Cached::<u32>::new(LIFETIME)), Arc::new(Provider::default()));
        let tasks: Vec<_> = (0..100)
            .map(|_| {
                let (cached, provider) = (Arc::clone(&cached), Arc::clone(&provider));
                tokio::spawn(async move {
                    let fetch = async {
                        tokio::task::yield_now().await;
                        provider.fail().await
                    };
                    cached.get(0, fetch).await
                })
            })
            .collect();
        for task in tasks {
            assert!(task.await.unwrap().is_err());
        }
        assert_eq!(provider.requests(), 1);
        assert_eq!(*cached.get(0, provider.succeed()).await.unwrap(), 2, "a later caller fetches at once");
    }

    #[tokio::test]
    async fn clock_that_steps_back_causes_a_fetch() {
        let (cached, provider) = (Cached::new(LIFETIME), Provider::default());
        cached.get(3600, provider.succeed()).await.unwrap();
        assert_eq!(*cached.get(0, provider.succeed()).await.unwrap(), 2);
    }

    #[tokio::test]
    async fn concurrent_callers_share_one_fetch() {
        let (cached, provider) = (Cached::new(LIFETIME), Arc::new(Provider::default()));
        let cached = Arc::new(cached);
        let first = cached.get(0, provider.succeed()).await.unwrap();
        let tasks: Vec<_> = (0..100)
            .map(|_| {
                let (cached, provider, first) = (Arc::clone(&cached), Arc::clone(&provider), Arc::clone(&first));
                tokio::spawn(async move {
                    let fetch = async {
                        tokio::task::yield_now().await;
                        provider.succeed().await
                    };
                    cached.newer_than(&first, 1, fetch).await.map(|value| *value)
                })
            })
            .collect();
        for task in tasks {
            assert_eq!(task.await.unwrap(), Some(2));
        }
        assert_eq!(provider.requests(), 2);
    }
}
