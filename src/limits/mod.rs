//! Rate limits by key and by network, and places: how much may go on at once. In bounded memory.
//!
//! Each process counts for itself, and a restart resets the counts.

mod budget;
mod network;
mod places;

pub use budget::{Budget, Exceeded};
pub use network::{NetworkLimiter, blocks};
pub use places::{Full, Place, Places};

use std::{
    fmt,
    hash::{BuildHasher, Hash, RandomState},
    num::NonZeroU32,
    sync::Arc,
    time::Duration,
};

use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter, clock::Clock};
use tokio_util::sync::CancellationToken;

/// Keys are hashed into this many buckets, so that a flood of keys neither fills the memory nor disables the limits.
const BUCKETS: u64 = 1 << 18;
/// Between two rounds of [`run_sweeper`].
const SWEEP_INTERVAL: Duration = Duration::from_secs(60);

/// Limits how often something happens for one key: in bursts, and on average.
pub struct KeyedLimiter {
    limiter: DefaultKeyedRateLimiter<u64>,
    /// Random per process: nobody can choose keys that share a bucket with another's.
    hasher: RandomState,
}

impl KeyedLimiter {
    /// At most `burst` at once, and one more after each `interval`.
    ///
    /// # Panics
    /// If the interval is zero.
    pub fn new(burst: NonZeroU32, interval: Duration) -> Self {
        let quota = Quota::with_period(interval).expect("an interval above zero");
        Self { limiter: RateLimiter::keyed(quota.allow_burst(burst)), hasher: RandomState::new() }
    }

    /// Counts one event.
    ///
    /// # Errors
    /// The seconds to wait, when the limit is exceeded.
    pub fn count(&self, key: impl Hash) -> Result<(), u64> {
        let bucket = self.hasher.hash_one(key) % BUCKETS;
        self.limiter
            .check_key(&bucket)
            .map_err(|not_until| not_until.wait_time_from(self.limiter.clock().now()).as_secs().saturating_add(1))
    }
}

impl fmt::Debug for KeyedLimiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyedLimiter({} buckets)", self.limiter.len())
    }
}

/// Every minute until `stop` is cancelled, drops the buckets with a full allowance.
pub async fn run_sweeper(limiters: Vec<Arc<KeyedLimiter>>, stop: CancellationToken) {
    while tokio::time::timeout(SWEEP_INTERVAL, stop.cancelled()).await.is_err() {
        for KeyedLimiter { limiter, .. } in limiters.iter().map(Arc::as_ref) {
            limiter.retain_recent();
            limiter.shrink_to_fit();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_key_is_limited_and_another_is_not() {
        let limiter = KeyedLimiter::new(NonZeroU32::new(3).unwrap(), Duration::from_secs(30));
        assert!((0..3).all(|_| limiter.count("one").is_ok()));
        assert!((1..=30).contains(&limiter.count("one").unwrap_err()));
        assert_eq!(limiter.count("another"), Ok(()));
    }

    #[test]
    fn many_keys_need_no_more_buckets_than_there_are() {
        let limiter = KeyedLimiter::new(NonZeroU32::MIN, Duration::from_secs(30));
        for key in 0..2 * BUCKETS {
            let _ = limiter.count(key);
        }
        assert!(limiter.limiter.len() as u64 <= BUCKETS);
    }
}
