//! Whose an address is: types that carry trust. A [`VerifiedEmail`] exists only where somebody proved it.

use super::email::EmailAddress;
use super::error::AccountsError;
use crate::providers::ProfileEmail;

/// How it was proven that a person reads an address, weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum VerificationMethod {
    /// A provider that does not run the mailbox says that it has checked. It may be out of date, or not have
    /// looked well; enough to be told apart from a claim, not enough to hand a user over for.
    ProviderClaim,
    /// The provider that runs the mailbox says so.
    Authority,
    /// The person opened a letter that we sent there.
    EmailLink,
}

impl VerificationMethod {
    /// The proof in one word, as the database keeps it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::ProviderClaim => "provider_claim",
            Self::Authority => "authority",
            Self::EmailLink => "email_link",
        }
    }

    /// The proof of a code; `None` for anything else.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::ProviderClaim, Self::Authority, Self::EmailLink].into_iter().find(|method| method.code() == code)
    }

    /// Whether nobody but the reader of the mailbox can have brought it about.
    pub const fn is_strong(self) -> bool {
        matches!(self, Self::Authority | Self::EmailLink)
    }
}

/// An address together with the proof that its user reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedEmail {
    address: EmailAddress,
    method: VerificationMethod,
}

impl VerifiedEmail {
    /// The address of a profile, if the provider says that it is verified; `None` if not.
    ///
    /// # Errors
    /// [`AccountsError::Email`] when the address is malformed: no mail then, whatever was said of it.
    pub fn from_profile(email: &ProfileEmail) -> Result<Option<Self>, AccountsError> {
        let address = EmailAddress::parse(&email.unverified_address)?;
        Ok(email.verified_by_provider.then_some(Self {
            address,
            method: if email.provider_is_authoritative {
                VerificationMethod::Authority
            } else {
                VerificationMethod::ProviderClaim
            },
        }))
    }

    /// An address that was verified before, read back from where we wrote it down.
    pub(crate) fn on_record(address: EmailAddress, method: VerificationMethod) -> Self {
        Self { address, method }
    }

    /// The address.
    pub fn address(&self) -> &EmailAddress {
        &self.address
    }

    /// How it was proven.
    pub fn method(&self) -> VerificationMethod {
        self.method
    }
}

/// An address that somebody wrote down as theirs. Good for showing it to them, marked as such; never for
/// finding anyone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimedEmail(EmailAddress);

impl ClaimedEmail {
    /// A claim to an address.
    pub fn new(address: EmailAddress) -> Self {
        Self(address)
    }

    /// The address.
    pub fn address(&self) -> &EmailAddress {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn email(verified: bool, authoritative: bool) -> ProfileEmail {
        ProfileEmail {
            unverified_address: "Ada@example.com".into(),
            verified_by_provider: verified,
            provider_is_authoritative: authoritative,
        }
    }

    #[test]
    fn a_verified_address_needs_the_providers_word() {
        let method = |verified, authoritative| {
            VerifiedEmail::from_profile(&email(verified, authoritative)).unwrap().map(|verified| verified.method())
        };
        assert_eq!(method(true, true), Some(VerificationMethod::Authority));
        assert_eq!(method(true, false), Some(VerificationMethod::ProviderClaim));
        assert_eq!(method(false, true), None);
        assert_eq!(method(false, false), None);
    }

    #[test]
    fn proofs_survive_their_codes() {
        for method in [VerificationMethod::ProviderClaim, VerificationMethod::Authority, VerificationMethod::EmailLink]
        {
            assert_eq!(VerificationMethod::from_code(method.code()), Some(method));
        }
        assert_eq!(VerificationMethod::from_code("trust me"), None);
    }
}
