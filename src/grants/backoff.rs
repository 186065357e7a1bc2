//! Back-off: `Retry-After`, otherwise exponential. In memory, with a bound.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// Maximum of the exponential back-off, in seconds.
const MAX_EXPONENTIAL: u64 = 64;
/// Maximum of `Retry-After` that we respect, in seconds: a mistake of theirs must not lock us out for a day.
const MAX_RETRY_AFTER: u64 = 3600;
const CAPACITY: usize = 10_000;

/// Back-offs by key.
#[derive(Debug)]
pub(super) struct Backoff<K>(Mutex<HashMap<K, BackoffState>>);

#[derive(Clone, Copy, Debug)]
struct BackoffState {
    /// Unix seconds.
    since: i64,
    /// Seconds.
    length: u64,
    /// Consecutive failures.
    count: u32,
}

impl<K> Default for Backoff<K> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Eq + Hash + Clone> Backoff<K> {
    /// Seconds left, if the key is backed off.
    pub(super) fn left(&self, key: &K, now: i64) -> Option<u64> {
        self.lock().get(key).and_then(|state| state.left(now))
    }

    /// Backs off for `retry_after` or for 1, 2, 4 … 64 seconds by consecutive failures, whichever is longer. A running
    /// back-off is not doubled: concurrent calls that fail together are one failure. Returns the seconds left.
    pub(super) fn begin(&self, key: K, retry_after: Option<Duration>, now: i64) -> u64 {
        let retry_after = retry_after.map_or(0, |wait| wait.as_secs().min(MAX_RETRY_AFTER));
        let mut backoff = self.lock();
        if let Some(state) = backoff.get_mut(&key)
            && let Some(left) = state.left(now)
        {
            if retry_after > left {
                *state = BackoffState { since: now, length: retry_after, ..*state };
            }
            return left.max(retry_after);
        }
        if backoff.len() >= CAPACITY && !backoff.contains_key(&key) {
            make_room(&mut backoff, now);
        }
        let count = backoff.get(&key).map_or(0, |state| state.count);
        let doubled = 1_u64.checked_shl(count).unwrap_or(MAX_EXPONENTIAL).min(MAX_EXPONENTIAL);
        let length = retry_after.max(doubled);
        backoff.insert(key, BackoffState { since: now, length, count: count.saturating_add(1) });
        length
    }

    /// After a success.
    pub(super) fn end(&self, key: &K) {
        self.lock().remove(key);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<K, BackoffState>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl BackoffState {
    /// `None` when the clock stepped back: that must not make a back-off longer.
    fn left(self, now: i64) -> Option<u64> {
        let passed = u64::try_from(now.saturating_sub(self.since)).ok()?;
        self.length.checked_sub(passed).filter(|left| *left > 0)
    }
}

/// Removes what has expired, or else what would expire first.
fn make_room<K: Eq + Hash + Clone>(backoff: &mut HashMap<K, BackoffState>, now: i64) {
    backoff.retain(|_, state| state.left(now).is_some());
    let first = backoff.iter().min_by_key(|(_, state)| state.left(now)).map(|(key, _)| key.clone());
    if let Some(first) = first.filter(|_| backoff.len() >= CAPACITY) {
        backoff.remove(&first);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn back_off_doubles_up_to_a_bound_and_restarts_after_success() {
        let backoff = Backoff::default();
        let lengths: Vec<_> = (0..9).map(|round| backoff.begin("ada", None, round * 64)).collect();
        assert_eq!(lengths, [1, 2, 4, 8, 16, 32, 64, 64, 64]);
        for round in 9..109 {
            assert_eq!(backoff.begin("ada", None, round * 64), 64);
        }
        backoff.end(&"ada");
        assert_eq!(backoff.begin("ada", None, 0), 1);
        assert_eq!(backoff.begin("grace", None, 0), 1);
    }

    #[test]
    fn concurrent_failures_are_one() {
        let backoff = Backoff::default();
        for _ in 0..50 {
            assert_eq!(backoff.begin("ada", None, 0), 1);
        }
        assert_eq!(backoff.begin("ada", None, 1), 2, "the second failure");
        assert_eq!(backoff.begin("ada", Some(Duration::from_secs(30)), 2), 30, "the longer of the two");
        assert_eq!((backoff.begin("ada", None, 3), backoff.left(&"ada", 3)), (29, Some(29)));
        assert_eq!(backoff.begin("ada", None, 32), 4);
    }

    #[test]
    fn retry_after_is_respected_up_to_a_bound() {
        let backoff = Backoff::default();
        let half_a_minute = Some(Duration::from_secs(30));
        assert_eq!(backoff.begin("ada", half_a_minute, 100), 30);
        assert_eq!((backoff.left(&"ada", 100), backoff.left(&"ada", 129)), (Some(30), Some(1)));
        assert_eq!(backoff.left(&"ada", 130), None);
        assert_eq!(backoff.left(&"grace", 100), None);
        assert_eq!(backoff.begin("linus", Some(Duration::from_secs(86_400)), 100), 3600);
        // A clock that stepped back.
        assert_eq!(backoff.left(&"ada", 99), None);
    }

    #[test]
    fn capacity_is_bounded_and_expired_entries_go_first() {
        let backoff = Backoff::default();
        for key in 0..CAPACITY {
            backoff.begin(key, Some(Duration::from_secs(if key == 7 { 5 } else { 1000 })), 0);
        }
        backoff.begin(CAPACITY, None, 6);
        assert_eq!(backoff.lock().len(), CAPACITY);
        assert!(backoff.left(&7, 1).is_none() && backoff.left(&8, 1).is_some());
        backoff.begin(CAPACITY + 1, Some(Duration::from_secs(1000)), 6);
        assert_eq!(backoff.lock().len(), CAPACITY);
        assert!(backoff.left(&(CAPACITY + 1), 6).is_some());
    }
}
