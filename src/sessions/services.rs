//! What every request shares.

use std::sync::Arc;

use tokio::sync::Notify;
use tokio_util::task::TaskTracker;

use super::{cookies::Cookies, jar::Jar};
use crate::{
    accounts::{Admins, EmailRequirement, SecondFactorPolicy, SignUp},
    grants::Grants,
    limits::Budget,
    metrics::Metrics,
    passwords::{Attempts, PasswordPool},
    relying_party::{BreachedPasswords, Clock, RelyingParty},
    store::Database,
    webauthn::Rp,
};

/// The services of this process, made once.
#[derive(Debug)]
pub struct Services {
    pub database: Arc<Database>,
    pub relying_party: RelyingParty,
    pub grants: Grants,
    /// The cookies besides the session's.
    pub jar: Jar,
    /// Names and attributes of cookies.
    pub cookies: Cookies,
    pub passwords: PasswordPool,
    /// Known from data breaches, if they are looked up.
    pub breached_passwords: Option<BreachedPasswords>,
    /// Limits the password attempts per account.
    pub attempts: Attempts,
    /// Emails that anybody can cause.
    pub emails: Budget,
    /// Requests to providers about access tokens that anybody presents.
    pub token_checks: Budget,
    /// Wakes the delivery worker; `None` without a mail server, where password sign-in is off.
    pub mail_wake: Option<Arc<Notify>>,
    /// `Off` without a mail server, where no address could be verified.
    pub email_requirement: EmailRequirement,
    /// Who may create an account (`SIGN_UP`): one rule for every door.
    pub sign_up: SignUp,
    /// Who administers users (`ADMINS`).
    pub admins: Admins,
    /// `None` with `PASSKEYS=off`.
    pub passkey_rp: Option<Rp>,
    /// Whether users have a second factor (`SECOND_FACTOR`).
    pub second_factor: SecondFactorPolicy,
    /// Whether users can sign in by a code from an email (`EMAIL_CODES`). Not without a mail server.
    pub email_codes: bool,
    pub metrics: Metrics,
    pub clock: Clock,
    /// Work that outlives its request.
    pub tasks: TaskTracker,
}

impl Services {
    /// Wakes the delivery worker after emails were queued.
    pub fn wake_mail(&self) {
        if let Some(mail_wake) = &self.mail_wake {
            mail_wake.notify_one();
        }
    }
}
