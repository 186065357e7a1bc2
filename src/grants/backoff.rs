//! Leaving somebody alone for a while: for as long as they say, and longer from time to time. In memory, within bounds.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// The longest that doubling comes to, in seconds.
const LONGEST: u64 = 64;
/// The longest that is granted to who asks for it, in seconds. A slip of theirs must not shut us out for a day.
const LONGEST_ASKED_FOR: u64 = 3600;
/// How many are remembered at most.
const MOST: usize = 10_000;

/// Who is left alone, and until when.
#[derive(Debug)]
pub(super) struct Backoff<K>(Mutex<HashMap<K, BackoffState>>);

#[derive(Clone, Copy, Debug)]
struct BackoffState {
    /// Unix seconds.
    since: i64,
    /// Seconds.
    length: u64,
    /// How many there were in a row.
    count: u32,
}

impl<K> Default for Backoff<K> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Eq + Hash + Clone> Backoff<K> {
    /// Seconds that are left of a pause.
    pub(super) fn left(&self, key: &K, now: i64) -> Option<u64> {
        self.lock().get(key).and_then(|pause| pause.left(now))
    }

    /// Begins a pause, of as many seconds as asked for, or of 1, 2, 4 … 64 by how many there were in a row; the longer
    /// counts. One that goes on already is that one: many who asked at once are told the same, each for itself. Tells the
    /// seconds that are left.
    pub(super) fn begin(&self, key: K, asked_for: Option<Duration>, now: i64) -> u64 {
        let asked_for = asked_for.map_or(0, |asked_for| asked_for.as_secs().min(LONGEST_ASKED_FOR));
        let mut backoff = self.lock();
        if let Some(pause) = backoff.get_mut(&key)
            && let Some(left) = pause.left(now)
        {
            if asked_for > left {
                *pause = BackoffState { since: now, length: asked_for, ..*pause };
            }
            return left.max(asked_for);
        }
        if backoff.len() >= MOST && !backoff.contains_key(&key) {
            make_room(&mut backoff, now);
        }
        let count = backoff.get(&key).map_or(0, |pause| pause.count);
        let doubled = 1_u64.checked_shl(count).unwrap_or(LONGEST).min(LONGEST);
        let length = asked_for.max(doubled);
        backoff.insert(key, BackoffState { since: now, length, count: count.saturating_add(1) });
        length
    }

    /// All is well again.
    pub(super) fn end(&self, key: &K) {
        self.lock().remove(key);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<K, BackoffState>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl BackoffState {
    /// A clock that stepped back must not make it longer.
    fn left(self, now: i64) -> Option<u64> {
        let passed = u64::try_from(now.saturating_sub(self.since)).ok()?;
        self.length.checked_sub(passed).filter(|left| *left > 0)
    }
}

/// Who is over goes; if nobody is, who would be first.
fn make_room<K: Eq + Hash + Clone>(backoff: &mut HashMap<K, BackoffState>, now: i64) {
    backoff.retain(|_, pause| pause.left(now).is_some());
    let first = backoff.iter().min_by_key(|(_, pause)| pause.left(now)).map(|(key, _)| key.clone());
    if let Some(first) = first.filter(|_| backoff.len() >= MOST) {
        backoff.remove(&first);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_a_bound_and_begin_anew_after_a_success() {
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
    fn many_who_hear_it_at_once_are_one() {
        let backoff = Backoff::default();
        for _ in 0..50 {
            assert_eq!(backoff.begin("ada", None, 0), 1);
        }
        assert_eq!(backoff.begin("ada", None, 1), 2, "the next one in a row");
        assert_eq!(backoff.begin("ada", Some(Duration::from_secs(30)), 2), 30, "the longer counts");
        assert_eq!((backoff.begin("ada", None, 3), backoff.left(&"ada", 3)), (29, Some(29)));
        assert_eq!(backoff.begin("ada", None, 32), 4);
    }

    #[test]
    fn who_asks_for_longer_is_left_alone_for_longer() {
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
    fn they_are_bounded_and_those_that_are_over_go_first() {
        let backoff = Backoff::default();
        for key in 0..MOST {
            backoff.begin(key, Some(Duration::from_secs(if key == 7 { 5 } else { 1000 })), 0);
        }
        backoff.begin(MOST, None, 6);
        assert_eq!(backoff.lock().len(), MOST);
        assert!(backoff.left(&7, 1).is_none() && backoff.left(&8, 1).is_some());
        backoff.begin(MOST + 1, Some(Duration::from_secs(1000)), 6);
        assert_eq!(backoff.lock().len(), MOST);
        assert!(backoff.left(&(MOST + 1), 6).is_some());
    }
}
