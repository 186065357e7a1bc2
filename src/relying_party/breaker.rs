//! A circuit breaker: a provider that does not answer is left alone for a while, so that nobody waits ten seconds to
//! hear what the last ten people heard.

use std::sync::{Mutex, PoisonError};

/// Failures in a row that open it.
const FAILURES: u32 = 10;
/// Seconds that it stays open before one request may try.
const PAUSE: i64 = 20;

/// Closed, open, or half-open with one request trying.
#[derive(Debug, Default)]
pub(super) struct Breaker(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    failures: u32,
    /// Until when nobody may try.
    open_until: Option<i64>,
}

impl Breaker {
    /// Whether a request may go out now. While open, one may every [`PAUSE`] seconds.
    pub(super) fn take_turn(&self, now: i64) -> bool {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match state.open_until {
            None => true,
            Some(until) if is_ahead(until, now) => false,
            Some(_) => {
                state.open_until = Some(now.saturating_add(PAUSE));
                true
            }
        }
    }

    /// Whether requests go out at present, without using up the one try.
    pub(super) fn may_try(&self, now: i64) -> bool {
        let state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        !state.open_until.is_some_and(|until| is_ahead(until, now))
    }

    /// Whether people should be told that the provider does not answer.
    pub(super) fn is_open(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).open_until.is_some()
    }

    /// The provider answered, whatever it said.
    pub(super) fn succeeded(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = State::default();
    }

    /// The provider did not answer, or with a server error.
    pub(super) fn failed(&self, now: i64) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.failures = state.failures.saturating_add(1);
        if state.failures >= FAILURES {
            state.open_until = Some(now.saturating_add(PAUSE));
        }
    }
}

/// A clock that stepped back must not keep it open for longer than a pause.
fn is_ahead(until: i64, now: i64) -> bool {
    (1..=PAUSE).contains(&until.saturating_sub(now))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opened_at(now: i64) -> Breaker {
        let breaker = Breaker::default();
        (0..FAILURES).for_each(|_| breaker.failed(now));
        breaker
    }

    #[test]
    fn it_opens_after_failures_in_a_row_only() {
        let breaker = Breaker::default();
        (0..FAILURES - 1).for_each(|_| breaker.failed(0));
        assert!(breaker.take_turn(0) && !breaker.is_open());
        breaker.succeeded();
        (0..FAILURES - 1).for_each(|_| breaker.failed(0));
        assert!(breaker.take_turn(0));
        breaker.failed(0);
        assert!(!breaker.take_turn(0) && breaker.is_open());
    }

    #[test]
    fn half_open_lets_one_try_and_a_success_closes_it() {
        let breaker = opened_at(0);
        assert!(breaker.take_turn(PAUSE));
        assert!(!breaker.take_turn(PAUSE), "a second one waits for the first one's verdict");
        breaker.succeeded();
        assert!(breaker.take_turn(PAUSE) && !breaker.is_open());
    }

    #[test]
    fn half_open_and_failed_is_open_again() {
        let breaker = opened_at(0);
        assert!(breaker.take_turn(PAUSE));
        breaker.failed(PAUSE);
        assert!(!breaker.take_turn(2 * PAUSE - 1));
        assert!(breaker.take_turn(2 * PAUSE));
    }
}
