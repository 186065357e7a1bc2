//! How often one account's password may be tried, and how many letters one address may get.

use std::{
    hash::{BuildHasher, Hash, RandomState},
    num::NonZeroU32,
    sync::Arc,
    time::Duration,
};

use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter, clock::Clock};
use tokio_util::sync::CancellationToken;

use crate::accounts::{EmailAddress, LinkKind};

/// Tries of one account's password at once …
const TRIES: NonZeroU32 = NonZeroU32::new(10).unwrap();
/// … and one more after each such time: some 3000 a day, of the million that a password withstands.
const BETWEEN_TRIES: Duration = Duration::from_secs(30);
/// Letters to one address at once …
const LETTERS: NonZeroU32 = NonZeroU32::new(3).unwrap();
/// … and one more after each such time: anyone can have us write to anyone.
const BETWEEN_EMAILS: Duration = Duration::from_secs(5 * 60);
/// Addresses are hashed into so many buckets, so that a flood of them cannot fill the memory, and a full table never
/// means that nobody is limited.
const BUCKETS: u64 = 1 << 18;

/// Limits by e-mail address, known here or not, or none (`RATE_LIMITS=off`). In this process's memory: each machine
/// counts for itself, and a start forgets.
///
/// Strangers can use an account's tries up. So that they do not lock its owner out, the browsers that the account knows
/// are counted apart. They are counted, too: a cookie can be copied to a thousand machines, and outlives the password.
#[derive(Clone, Debug)]
pub struct Attempts(Option<Arc<Limits>>);

#[derive(Debug)]
struct Limits {
    tries: DefaultKeyedRateLimiter<u64>,
    emails: DefaultKeyedRateLimiter<u64>,
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
                emails: limiter(LETTERS, BETWEEN_EMAILS),
                hasher: RandomState::new(),
            })
        }))
    }

    /// Counts one try of the password of this address, by a browser that the account knows or by another.
    ///
    /// # Errors
    /// The seconds to wait when it is one too many.
    pub fn count(&self, address: &EmailAddress, known: bool) -> Result<(), u64> {
        self.0.as_ref().map_or(Ok(()), |limits| limits.count(&limits.tries, (address, known)))
    }

    /// Counts one letter of a kind to this address; `false` when it is one too many and is not to be sent. Whoever asked
    /// for it hears the same in both cases.
    ///
    /// Each kind apart: else Eve, who has us write to Ada that she could sign up, keeps the letter from Ada that leads to
    /// a new password.
    pub fn count_email(&self, address: &EmailAddress, kind: LinkKind) -> bool {
        self.0.as_ref().is_none_or(|limits| limits.count(&limits.emails, (address, kind.code())).is_ok())
    }

    /// Forgets every minute the addresses that have all their allowance back, until `stop` is cancelled.
    pub async fn run_sweeper(self, stop: CancellationToken) {
        let Self(Some(limits)) = self else { return };
        while tokio::time::timeout(SWEEP, stop.cancelled()).await.is_err() {
            for limiter in [&limits.tries, &limits.emails] {
                limiter.retain_recent();
                limiter.shrink_to_fit();
            }
        }
    }
}

/// Between two rounds of forgetting.
const SWEEP: Duration = Duration::from_secs(60);

impl Limits {
    fn count(&self, limiter: &DefaultKeyedRateLimiter<u64>, what: impl Hash) -> Result<(), u64> {
        let bucket = self.hasher.hash_one(what) % BUCKETS;
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
        assert!((0..TRIES.get()).all(|_| attempts.count(&ada, false).is_ok()));
        let seconds = attempts.count(&ada, false).unwrap_err();
        assert!((1..=30).contains(&seconds), "{seconds}");
        assert_eq!(attempts.count(&grace, false), Ok(()));
    }

    #[test]
    fn a_browser_that_the_account_knows_is_counted_apart_and_limited_as_well() {
        let attempts = Attempts::new(true);
        let ada = address("ada@example.com");
        while attempts.count(&ada, false).is_ok() {}
        assert!((0..TRIES.get()).all(|_| attempts.count(&ada, true).is_ok()));
        assert!(attempts.count(&ada, true).is_err());
    }

    #[test]
    fn letters_of_one_kind_use_up_no_others() {
        let attempts = Attempts::new(true);
        let ada = address("ada@example.com");
        while attempts.count_email(&ada, LinkKind::SignUp) {}
        assert!(attempts.count_email(&ada, LinkKind::Reset));
    }

    #[test]
    fn spellings_of_one_address_are_one_account() {
        let attempts = Attempts::new(true);
        let spellings = ["ada@example.com", "ADA@example.com", "ada@EXAMPLE.com.", "Ada@example.com."];
        let mut tries = spellings.iter().cycle().map(|spelling| attempts.count(&address(spelling), false));
        assert!(tries.by_ref().take(10).all(|counted| counted.is_ok()));
        assert!(tries.take(4).all(|counted| counted.is_err()));
    }

    #[test]
    fn an_address_gets_three_letters_and_others_theirs() {
        let attempts = Attempts::new(true);
        let (ada, grace) = (address("ada@example.com"), address("grace@example.com"));
        assert!((0..LETTERS.get()).all(|_| attempts.count_email(&ada, LinkKind::Reset)));
        assert!(!attempts.count_email(&ada, LinkKind::Reset));
        assert!(attempts.count_email(&grace, LinkKind::Reset));
    }

    #[test]
    fn tries_and_letters_are_counted_apart() {
        let attempts = Attempts::new(true);
        let ada = address("ada@example.com");
        while attempts.count(&ada, false).is_ok() {}
        assert!(attempts.count_email(&ada, LinkKind::Reset));
    }

    #[test]
    fn switched_off_nobody_is_limited() {
        let attempts = Attempts::new(false);
        let ada = address("ada@example.com");
        assert!((0..1000).all(|_| attempts.count(&ada, false).is_ok() && attempts.count_email(&ada, LinkKind::Reset)));
    }
}
