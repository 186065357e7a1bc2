//! A circuit breaker: after repeated failures, requests fail at once instead of waiting for another time-out.

use std::sync::{Mutex, PoisonError};

/// Consecutive failures that open the breaker.
const MAX_FAILURES: u32 = 10;
/// Seconds between the trial requests of an open breaker.
const TRIAL_INTERVAL: i64 = 20;

/// Closed, open, or half-open with one trial request.
#[derive(Debug, Default)]
pub(super) struct Breaker(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    failures: u32,
    /// No request may be sent before this time, in Unix seconds.
    open_until: Option<i64>,
}

impl Breaker {
    /// Whether a request may be sent now. While open, allows one trial every [`TRIAL_INTERVAL`] seconds.
    pub(super) fn try_acquire(&self, now: i64) -> bool {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match state.open_until {
            None => true,
            Some(until) if is_ahead(until, now) => false,
            Some(_) => {
                state.open_until = Some(now.saturating_add(TRIAL_INTERVAL));
                true
            }
        }
    }

    /// The same without taking the trial.
    pub(super) fn allows(&self, now: i64) -> bool {
        let state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        !state.open_until.is_some_and(|until| is_ahead(until, now))
    }

    /// Whether the breaker is open or half-open.
    pub(super) fn is_open(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).open_until.is_some()
    }

    /// The provider responded without a server error.
    pub(super) fn record_success(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = State::default();
    }

    /// The provider did not respond, or with a server error.
    pub(super) fn record_failure(&self, now: i64) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.failures = state.failures.saturating_add(1);
        if state.failures >= MAX_FAILURES {
            state.open_until = Some(now.saturating_add(TRIAL_INTERVAL));
        }
    }
}

/// Bounded by one interval, so that a clock that steps back does not extend the wait.
fn is_ahead(until: i64, now: i64) -> bool {
    (1..=TRIAL_INTERVAL).contains(&until.saturating_sub(now))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opened_at(now: i64) -> Breaker {
        let breaker = Breaker::default();
        (0..MAX_FAILURES).for_each(|_| breaker.record_failure(now));
        breaker
    }

    #[test]
    fn opens_after_consecutive_failures_only() {
        let breaker = Breaker::default();
        (0..MAX_FAILURES - 1).for_each(|_| breaker.record_failure(0));
        assert!(breaker.try_acquire(0) && !breaker.is_open());
        breaker.record_success();
        (0..MAX_FAILURES - 1).for_each(|_| breaker.record_failure(0));
        assert!(breaker.try_acquire(0));
        breaker.record_failure(0);
        assert!(!breaker.try_acquire(0) && breaker.is_open());
    }

    #[test]
    fn half_open_allows_one_trial_and_success_closes() {
        let breaker = opened_at(0);
        assert!(breaker.try_acquire(TRIAL_INTERVAL));
        assert!(!breaker.try_acquire(TRIAL_INTERVAL), "a second trial waits for the result of the first");
        breaker.record_success();
        assert!(breaker.try_acquire(TRIAL_INTERVAL) && !breaker.is_open());
    }

    #[test]
    fn failed_trial_opens_again() {
        let breaker = opened_at(0);
        assert!(breaker.try_acquire(TRIAL_INTERVAL));
        breaker.record_failure(TRIAL_INTERVAL);
        assert!(!breaker.try_acquire(2 * TRIAL_INTERVAL - 1));
        assert!(breaker.try_acquire(2 * TRIAL_INTERVAL));
    }
}
