//! The clock, which tests can advance.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use time::OffsetDateTime;

/// The current time. Clones share their offset.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    offset: Arc<AtomicI64>,
}

impl Clock {
    /// The current time in Unix seconds.
    pub fn now(&self) -> i64 {
        OffsetDateTime::now_utc().unix_timestamp().saturating_add(self.offset.load(Ordering::Relaxed))
    }

    /// The current time, in UTC and whole seconds.
    pub fn date(&self) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp(self.now()).unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }

    /// Moves this clock and its clones by `seconds`, backwards if negative. For tests of lifetimes.
    pub fn advance(&self, seconds: i64) {
        self.offset.fetch_add(seconds, Ordering::Relaxed);
    }
}
