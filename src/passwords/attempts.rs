//! Rate limits by account: password attempts, codes of the second factor, and emails sent to one address.

use std::{num::NonZeroU32, sync::Arc, time::Duration};

use crate::{
    accounts::{EmailAddress, LinkKind, UserId},
    limits::KeyedLimiter,
};

/// Burst of password attempts for one account …
pub const ATTEMPTS: NonZeroU32 = NonZeroU32::new(10).unwrap();
/// … and the interval that allows one more: about 3000 attempts a day, where the weakest accepted password withstands a
/// million.
pub const ATTEMPT_INTERVAL: Duration = Duration::from_secs(30);
/// Burst of emails to one address …
pub const EMAILS: NonZeroU32 = NonZeroU32::new(3).unwrap();
/// … and the interval that allows one more: anyone can make the server send email to any address.
pub const EMAIL_INTERVAL: Duration = Duration::from_secs(5 * 60);
/// Burst of codes at the second factor of one account …
pub const CODE_ATTEMPTS: NonZeroU32 = NonZeroU32::new(10).unwrap();
/// … and the interval that allows one more: the one who tries has passed the first step, and each guess is right with three in a
/// million. So many a day succeed in a thousand days, and the owner reads in the activity that someone has the password.
pub const CODE_INTERVAL: Duration = Duration::from_secs(5 * 60);
/// Limits by email, whether or not an account has it; or none (`RATE_LIMITS=off`). Kept in memory: each process counts
/// for itself, and a restart resets the counts. `Database::count_shared` counts for all.
///
/// Strangers can exhaust an account's attempts. To keep them from locking its owner out, browsers that have signed in
/// to the account before are counted separately. They are limited too: their cookie can be copied, and outlives the
/// password.
#[derive(Clone, Debug)]
pub struct Attempts(Option<Limits>);

#[derive(Clone, Debug)]
struct Limits {
    attempts: Arc<KeyedLimiter>,
    emails: Arc<KeyedLimiter>,
    codes: Arc<KeyedLimiter>,
}

impl Attempts {
    /// `enabled` is false for `RATE_LIMITS=off`: every attempt is then allowed.
    pub fn new(enabled: bool) -> Self {
        Self(enabled.then(|| Limits {
            attempts: Arc::new(KeyedLimiter::new(ATTEMPTS, ATTEMPT_INTERVAL)),
            emails: Arc::new(KeyedLimiter::new(EMAILS, EMAIL_INTERVAL)),
            codes: Arc::new(KeyedLimiter::new(CODE_ATTEMPTS, CODE_INTERVAL)),
        }))
    }

    /// False for `RATE_LIMITS=off`.
    pub fn are_limited(&self) -> bool {
        self.0.is_some()
    }

    /// For the sweeper.
    pub fn limiters(&self) -> Vec<Arc<KeyedLimiter>> {
        self.0.iter().flat_map(|limits| [&limits.attempts, &limits.emails, &limits.codes]).cloned().collect()
    }

    /// Counts one password attempt for this email. `known_browser`: whether the browser has signed in to the account
    /// before.
    ///
    /// # Errors
    /// The seconds to wait, when the limit is exceeded.
    pub fn count(&self, email: &EmailAddress, known_browser: bool) -> Result<(), u64> {
        self.0.as_ref().map_or(Ok(()), |limits| limits.attempts.count((email, known_browser)))
    }

    /// Counts one code at the second factor of a user.
    ///
    /// # Errors
    /// The seconds to wait, when the limit is exceeded.
    pub fn count_code(&self, user: UserId) -> Result<(), u64> {
        self.0.as_ref().map_or(Ok(()), |limits| limits.codes.count(user))
    }

    /// Counts one email to this address.
    ///
    /// Each kind has its own limit; otherwise an attacker who requests sign-up emails for an address could block the
    /// owner's password reset. So have browsers that have signed in to the account before: strangers who request resets
    /// use up their own.
    ///
    /// # Errors
    /// The seconds to wait, when the limit is exceeded: do not send it. The answer may say so, as it is the same for every
    /// address.
    pub fn count_email(&self, email: &EmailAddress, kind: LinkKind, known_browser: bool) -> Result<(), u64> {
        self.0.as_ref().map_or(Ok(()), |limits| limits.emails.count((email, kind.code(), known_browser)))
    }

    /// The same for an email with a code to sign in.
    ///
    /// # Errors
    /// As above.
    pub fn count_sign_in_code(&self, email: &EmailAddress, known_browser: bool) -> Result<(), u64> {
        self.0.as_ref().map_or(Ok(()), |limits| limits.emails.count((email, "sign_in_code", known_browser)))
    }

    /// The same for an email with a code. Its requester is signed in, and may be told.
    pub fn count_code_email(&self, email: &EmailAddress) -> bool {
        self.0.as_ref().is_none_or(|limits| limits.emails.count((email, "code")).is_ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn email(text: &str) -> EmailAddress {
        EmailAddress::parse(text).unwrap()
    }

    #[test]
    fn exhausted_account_leaves_others_unlimited() {
        let attempts = Attempts::new(true);
        let (ada, grace) = (email("ada@example.com"), email("grace@example.com"));
        assert!((0..ATTEMPTS.get()).all(|_| attempts.count(&ada, false).is_ok()));
        let seconds = attempts.count(&ada, false).unwrap_err();
        assert!((1..=30).contains(&seconds), "{seconds}");
        assert_eq!(attempts.count(&grace, false), Ok(()));
    }

    #[test]
    fn known_browsers_have_their_own_limit() {
        let attempts = Attempts::new(true);
        let ada = email("ada@example.com");
        while attempts.count(&ada, false).is_ok() {}
        assert!((0..ATTEMPTS.get()).all(|_| attempts.count(&ada, true).is_ok()));
        assert!(attempts.count(&ada, true).is_err());
    }

    #[test]
    fn email_kinds_have_separate_limits() {
        let attempts = Attempts::new(true);
        let ada = email("ada@example.com");
        while attempts.count_email(&ada, LinkKind::SignUp, false).is_ok() {}
        assert!(attempts.count_email(&ada, LinkKind::Reset, false).is_ok());
    }

    #[test]
    fn strangers_do_not_use_up_the_owners_emails() {
        let attempts = Attempts::new(true);
        let ada = email("ada@example.com");
        while attempts.count_email(&ada, LinkKind::Reset, false).is_ok() {}
        assert!((0..EMAILS.get()).all(|_| attempts.count_email(&ada, LinkKind::Reset, true).is_ok()));
        assert!(attempts.count_email(&ada, LinkKind::Reset, true).is_err());
    }

    #[test]
    fn spellings_of_one_email_share_a_limit() {
        let attempts = Attempts::new(true);
        let spellings = ["ada@example.com", "ADA@example.com", "ada@EXAMPLE.com.", "Ada@example.com."];
        let mut counts = spellings.iter().cycle().map(|spelling| attempts.count(&email(spelling), false));
        assert!(counts.by_ref().take(10).all(|counted| counted.is_ok()));
        assert!(counts.take(4).all(|counted| counted.is_err()));
    }

    #[test]
    fn an_address_gets_three_emails_at_once() {
        let attempts = Attempts::new(true);
        let (ada, grace) = (email("ada@example.com"), email("grace@example.com"));
        assert!((0..EMAILS.get()).all(|_| attempts.count_email(&ada, LinkKind::Reset, false).is_ok()));
        assert!(attempts.count_email(&ada, LinkKind::Reset, false).is_err());
        assert!(attempts.count_email(&grace, LinkKind::Reset, false).is_ok());
    }

    #[test]
    fn codes_of_one_account_are_limited() {
        let attempts = Attempts::new(true);
        assert!((0..CODE_ATTEMPTS.get()).all(|_| attempts.count_code(UserId::NOBODY).is_ok()));
        assert!(attempts.count_code(UserId::NOBODY).is_err_and(|seconds| (200..=300).contains(&seconds)));
        let other = UserId::new(time::OffsetDateTime::UNIX_EPOCH, [1; 10]);
        assert_eq!(attempts.count_code(other), Ok(()));
    }

    #[test]
    fn codes_have_a_limit_of_their_own() {
        let attempts = Attempts::new(true);
        let ada = email("ada@example.com");
        assert!((0..EMAILS.get()).all(|_| attempts.count_code_email(&ada)));
        assert!(!attempts.count_code_email(&ada));
        assert!(attempts.count_email(&ada, LinkKind::Reset, false).is_ok());
    }

    #[test]
    fn attempts_and_emails_have_separate_limits() {
        let attempts = Attempts::new(true);
        let ada = email("ada@example.com");
        while attempts.count(&ada, false).is_ok() {}
        assert!(attempts.count_email(&ada, LinkKind::Reset, false).is_ok());
    }

    #[test]
    fn disabled_limits_allow_everything() {
        let attempts = Attempts::new(false);
        let ada = email("ada@example.com");
        assert!(
            (0..1000)
                .all(|_| attempts.count(&ada, false).is_ok()
                    && attempts.count_email(&ada, LinkKind::Reset, false).is_ok())
        );
    }
}
