//! Types for verified and claimed email addresses.

use super::email::EmailAddress;
use super::error::AccountsError;
use crate::providers::ProfileEmail;

/// How an email address was verified, weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum VerificationMethod {
    /// A provider that does not run the mailbox says that it has verified it. That may be outdated or careless: not
    /// enough to link an account by.
    ProviderClaim,
    /// By the provider that runs the mailbox.
    Authority,
    /// The user opened a link in an email to it.
    EmailLink,
}

impl VerificationMethod {
    pub const fn code(self) -> &'static str {
        match self {
            Self::ProviderClaim => "provider_claim",
            Self::Authority => "authority",
            Self::EmailLink => "email_link",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        [Self::ProviderClaim, Self::Authority, Self::EmailLink].into_iter().find(|method| method.code() == code)
    }

    /// Whether it takes access to the mailbox.
    pub const fn is_strong(self) -> bool {
        matches!(self, Self::Authority | Self::EmailLink)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedEmail {
    email: EmailAddress,
    method: VerificationMethod,
}

impl VerifiedEmail {
    /// `None` if the provider does not say that it is verified.
    ///
    /// # Errors
    /// [`AccountsError::Email`] when the address is malformed, verified or not.
    pub fn from_profile(profile: &ProfileEmail) -> Result<Option<Self>, AccountsError> {
        let email = EmailAddress::parse(&profile.unverified_email)?;
        Ok(profile.verified_by_provider.then_some(Self {
            email,
            method: if profile.provider_is_authoritative {
                VerificationMethod::Authority
            } else {
                VerificationMethod::ProviderClaim
            },
        }))
    }

    /// From the database, or right after the verification.
    pub(crate) fn on_record(email: EmailAddress, method: VerificationMethod) -> Self {
        Self { email, method }
    }

    pub fn email(&self) -> &EmailAddress {
        &self.email
    }

    pub fn method(&self) -> VerificationMethod {
        self.method
    }
}

/// An unverified email address. For display as unconfirmed, never to look a user up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimedEmail(EmailAddress);

impl ClaimedEmail {
    pub fn new(email: EmailAddress) -> Self {
        Self(email)
    }

    pub fn email(&self) -> &EmailAddress {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn email(verified: bool, authoritative: bool) -> ProfileEmail {
        ProfileEmail {
            unverified_email: "Ada@example.com".into(),
            verified_by_provider: verified,
            provider_is_authoritative: authoritative,
        }
    }

    #[test]
    fn only_a_verified_profile_email_is_verified() {
        let method = |verified, authoritative| {
            VerifiedEmail::from_profile(&email(verified, authoritative)).unwrap().map(|verified| verified.method())
        };
        assert_eq!(method(true, true), Some(VerificationMethod::Authority));
        assert_eq!(method(true, false), Some(VerificationMethod::ProviderClaim));
        assert_eq!(method(false, true), None);
        assert_eq!(method(false, false), None);
    }

    #[test]
    fn methods_round_trip_by_their_codes() {
        for method in [VerificationMethod::ProviderClaim, VerificationMethod::Authority, VerificationMethod::EmailLink]
        {
            assert_eq!(VerificationMethod::from_code(method.code()), Some(method));
        }
        assert_eq!(VerificationMethod::from_code("trust me"), None);
    }
}
