//! How strongly a session is authenticated: by what, and how long ago. One type for sessions, pages, the API and the audit
//! trail.

mod method;
mod strength;

#[cfg(test)]
mod tests;

pub use method::AuthenticationMethod;
pub use strength::Strength;

use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

use strength::strength_of;

/// Steps that are kept: a sign-in has two at most, and a re-authentication one or two.
const MAX_STEPS: usize = 8;
/// How much later a provider's clock may be than ours.
const SKEW: Duration = Duration::minutes(1);

/// One step: a method that the user has completed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authentication {
    pub by: AuthenticationMethod,
    /// Unix seconds.
    pub at: i64,
}

/// The steps by which a user authenticated, the first one first. Never empty for a session, which the first step opens.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Authentications(Vec<Authentication>);

impl Authentications {
    /// One step, now.
    pub fn by(method: AuthenticationMethod, now: OffsetDateTime) -> Self {
        Self(vec![Authentication { by: method, at: now.unix_timestamp() }])
    }

    /// With one more step, which replaces an earlier one by the same method. Steps before `since` are dropped.
    #[must_use]
    pub fn and(&self, method: AuthenticationMethod, now: OffsetDateTime, since: OffsetDateTime) -> Self {
        let is_kept = |step: &&Authentication| step.at >= since.unix_timestamp() && step.by.code() != method.code();
        let mut steps: Vec<_> = self.0.iter().filter(is_kept).cloned().collect();
        steps.truncate(MAX_STEPS - 1);
        steps.push(Authentication { by: method, at: now.unix_timestamp() });
        Self(steps)
    }

    pub fn steps(&self) -> &[Authentication] {
        &self.0
    }

    /// The method that began it, as the session's row names it.
    pub fn first(&self) -> Option<&AuthenticationMethod> {
        self.0.first().map(|step| &step.by)
    }

    /// The time of the last step, in Unix seconds.
    pub fn last_at(&self) -> Option<i64> {
        self.0.iter().map(|step| step.at).max()
    }

    /// The methods as values of `amr` (RFC 8176 §2), for access tokens. A provider's own are passed on; for a code from an
    /// email there is none.
    pub fn amr(&self) -> Vec<&str> {
        let mut values: Vec<&str> = Vec::new();
        let more = (self.strength() == Strength::TwoFactors).then_some("mfa");
        for value in self.0.iter().flat_map(|step| step.by.amr()).chain(more) {
            if !values.contains(&value) {
                values.push(value);
            }
        }
        values
    }

    /// What all steps together show.
    pub fn strength(&self) -> Strength {
        strength_of(self.0.iter().map(|step| step.by.factors()))
    }

    /// Whether one of the steps is a second factor and nothing else.
    pub(in crate::accounts) fn has_second_factor(&self) -> bool {
        self.0.iter().any(|step| step.by.is_second_factor())
    }

    /// Whether the steps since then suffice to change the account: one factor, or two where a trusted browser stood for the
    /// second. Trust spares the user a code at a sign-in, and spares a thief none at a change. Nor does a code from an email
    /// by which the user signed in, if the account has something stronger.
    pub fn allow_changes_since(&self, since: OffsetDateTime) -> bool {
        let steps = self.0.iter().filter(|step| step.at > since.unix_timestamp());
        let (trusted, others): (Vec<_>, Vec<_>) =
            steps.cloned().partition(|step| step.by == AuthenticationMethod::TrustedBrowser);
        let counts = |step: &Authentication| step.by != AuthenticationMethod::EmailCode { beside_stronger: true };
        let others = others.into_iter().filter(counts).collect();
        let needed = if trusted.is_empty() { Strength::OneFactor } else { Strength::TwoFactors };
        Self(others).strength_since(since) >= needed
    }

    /// What the steps since then show. A provider may report factors from the start of its own session, days ago: they
    /// count only if it says that they are as recent.
    pub fn strength_since(&self, since: OffsetDateTime) -> Strength {
        let factors = |step: &Authentication| match &step.by {
            AuthenticationMethod::Provider { claims, .. }
                if claims.auth_time.is_none_or(|at| at < (since - SKEW).unix_timestamp()) =>
            {
                step.by.factors_without_claims()
            }
            method => method.factors(),
        };
        strength_of(self.0.iter().filter(|step| step.at > since.unix_timestamp()).map(factors))
    }
}
