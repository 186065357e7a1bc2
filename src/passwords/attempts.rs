//! How often one account's password may be tried, and how many letters one address may get.

use std::{
    hash::{BuildHasher, RandomState},
    num::NonZeroU32,
    sync::Arc,
    time::Duration,
};

use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter, clock::Clock};
use tokio_util::sync::CancellationToken;

use crate::accounts::EmailAddress;

/// Tries of one account's password at once …
const TRIES: NonZeroU32 = NonZeroU32::new(10).unwrap();
/// … and one more after each such time: some 3000 a day, of the million that a password withstands.
const BETWEEN_TRIES: Duration = Duration::from_secs(30);
/// The same from browsers that the account knows: more, and counted apart, so that strangers cannot use them up. Not
/// without end: whoever has such a browser's cookie may still be a stranger.
const KNOWN_TRIES: NonZeroU32 = NonZeroU32::new(30).unwrap();
/// Letters to one address at once …
const LETTERS: NonZeroU32 = NonZeroU32::new(3).unwrap();
/// … and one more after each such time: anyone can have us write to anyone.
const BETWEEN_LETTERS: Duration = Duration::from_secs(5 * 60);
/// Addresses are hashed into so many buckets, so that a flood of them cannot fill the memory, and a full table never
/// means that nobody is limited.
const BUCKETS: u64 = 1 << 18;

/// Limits by e-mail address, known here or not, or none (`RATE_LIMITS=off`). In this process's memory: each machine
/// counts for itself, and a start forgets.
///
/// Strangers can use an account's tries up. So that they do not lock its owner out, browsers that the account knows are
/// counted apart.
#[derive(Clone, Debug)]
pub struct Attempts(Option<Arc<Limits>>);

#[derive(Debug)]
struct Limits {
    tries: DefaultKeyedRateLimiter<u64>,
    known_tries: DefaultKeyedRateLimiter<u64>,
    letters: DefaultKeyedRateLimiter<u64>,
    hasher: RandomState,
}

impl Attempts {
    /// Limits that hold, or not.
    pub fn new(on: bool) -> Self {
        let limiter = |burst, between| {
            let quota = Quota::with_period(between).unwrap_or_else(|| unreachable!("a constant above zero"));
            RateLimiter::keyed(quota.allow_burst(burst))
        };
        Self(on.then(|| {
            Arc::new(Limits {
                tries: limiter(TRIES, BETWEEN_TRIES),
                known_tries: limiter(KNOWN_TRIES, BETWEEN_TRIES),
                letters: limiter(LETTERS, BETWEEN_LETTERS),
                hasher: RandomState::new(),
            })
        }))
    }

    /// Counts one try of the password of this address.
    ///
    /// # Errors
    /// The seconds to wait when it is one too many.
    pub fn count(&self, address: &EmailAddress) -> Result<(), u64> {
        self.0.as_ref().map_or(Ok(()), |limits| limits.count(&limits.tries, address))
    }

    /// Counts one try from a browser that the account knows.
    ///
    /// # Errors
    /// The seconds to wait when it is one too many.
    pub fn count_known(&self, address: &EmailAddress) -> Result<(), u64> {
        self.0.as_ref().map_or(Ok(()), |limits| limits.count(&limits.known_tries, address))
    }

    /// Counts one letter to this address; `false` when it is one too many and is not to be sent. Whoever asked for it
    /// hears the same in both cases.
    pub fn count_letter(&self, address: &EmailAddress) -> bool {
        self.0.as_ref().is_none_or(|limits| limits.count(&limits.letters, address).is_ok())
    }

    /// Forgets every minute the addresses that have all their allowance back, until `stop` is cancelled.
    pub async fn sweep_for_ever(self, stop: CancellationToken) {
        let Self(Some(limits)) = self else { return };
        while tokio::time::timeout(SWEEP, stop.cancelled()).await.is_err() {
            for limiter in [&limits.tries, &limits.known_tries, &limits.letters] {
                limiter.retain_recent();
                limiter.shrink_to_fit();
            }
        }
    }
}

/// Between two rounds of forgetting.
const SWEEP: Duration = Duration::from_secs(60);

impl Limits {
    fn count(&self, limiter: &DefaultKeyedRateLimiter<u64>, address: &EmailAddress) -> Result<(), u64> {
        let bucket = self.hasher.hash_one(address) % BUCKETS;
        limiter
            .check_key(&bucket)
            .map_err(|not_until| not_until.wait_time_from(limiter.clock().now()).as_secs().saturating_add(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> EmailAddress {
        EmailAddress::parse(text).unwrap()
    }

    #[test]
    fn one_account_is_limited_and_another_is_not() {
        let attempts = Attempts::new(true);
        let (ada, grace) = (address("ada@example.com"), address("grace@example.com"));
        assert!((0..TRIES.get()).all(|_| attempts.count(&ada).is_ok()));
        let seconds = attempts.count(&ada).unwrap_err();
        assert!((1..=30).contains(&seconds), "{seconds}");
        assert_eq!(attempts.count(&grace), Ok(()));
    }

    #[test]
    fn strangers_do_not_use_up_the_tries_of_a_browser_that_is_known_which_end_too() {
        let attempts = Attempts::new(true);
        let ada = address("ada@example.com");
        while attempts.count(&ada).is_ok() {}
        assert!((0..KNOWN_TRIES.get()).all(|_| attempts.count_known(&ada).is_ok()));
        assert!(attempts.count_known(&ada).is_err());
    }

    #[test]
    fn spellings_of_one_address_are_one_account() {
        let attempts = Attempts::new(true);
        let spellings = ["ada@example.com", "ADA@example.com", "ada@EXAMPLE.com.", "Ada@example.com."];
        let mut tries = spellings.iter().cycle().map(|spelling| attempts.count(&address(spelling)));
        assert!(tries.by_ref().take(10).all(|counted| counted.is_ok()));
        assert!(tries.take(4).all(|counted| counted.is_err()));
    }

    #[test]
    fn an_address_gets_three_letters_and_others_theirs() {
        let attempts = Attempts::new(true);
        let (ada, grace) = (address("ada@example.com"), address("grace@example.com"));
        assert!((0..LETTERS.get()).all(|_| attempts.count_letter(&ada)));
        assert!(!attempts.count_letter(&ada));
        assert!(attempts.count_letter(&grace));
    }

    #[test]
    fn tries_and_letters_are_counted_apart() {
        let attempts = Attempts::new(true);
        let ada = address("ada@example.com");
        while attempts.count(&ada).is_ok() {}
        assert!(attempts.count_letter(&ada));
    }

    #[test]
    fn switched_off_nobody_is_limited() {
        let attempts = Attempts::new(false);
        let ada = address("ada@example.com");
        assert!((0..1000).all(|_| attempts.count(&ada).is_ok() && attempts.count_letter(&ada)));
    }
}
