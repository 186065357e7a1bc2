//! Limits the refresh token exchanges of one session: each is a write.

use std::{
    fmt,
    hash::{BuildHasher, RandomState},
    num::NonZeroU32,
    time::Duration,
};

use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter, clock::Clock};

/// Burst of exchanges of one session …
const EXCHANGES: NonZeroU32 = NonZeroU32::new(120).unwrap();
/// … and the interval that allows one more. A client needs one exchange in five minutes.
const INTERVAL: Duration = Duration::from_secs(10);
/// Sessions are hashed into this many buckets, which bounds the memory.
const BUCKETS: u64 = 1 << 18;

/// Counts in this process.
pub(super) struct RefreshLimits {
    limiter: DefaultKeyedRateLimiter<u64>,
    hasher: RandomState,
}

impl Default for RefreshLimits {
    fn default() -> Self {
        let quota = Quota::with_period(INTERVAL).unwrap_or_else(|| unreachable!("a constant above zero"));
        Self { limiter: RateLimiter::keyed(quota.allow_burst(EXCHANGES)), hasher: RandomState::new() }
    }
}

impl RefreshLimits {
    /// Counts one exchange.
    ///
    /// # Errors
    /// The seconds to wait.
    pub(super) fn count(&self, session: &str) -> Result<(), u64> {
        let bucket = self.hasher.hash_one(session) % BUCKETS;
        self.limiter
            .check_key(&bucket)
            .map_err(|not_until| not_until.wait_time_from(self.limiter.clock().now()).as_secs().saturating_add(1))
    }
}

impl fmt::Debug for RefreshLimits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RefreshLimits")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_session_is_limited_and_another_is_not() {
        let limits = RefreshLimits::default();
        assert!((0..EXCHANGES.get()).all(|_| limits.count("one").is_ok()));
        assert!((1..=INTERVAL.as_secs()).contains(&limits.count("one").unwrap_err()));
        assert!(limits.count("another").is_ok());
    }
}
