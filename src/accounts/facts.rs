//! A profile in canonical form: what the policy reads and the database keeps.

use super::display::{display_name, picture_url};
use super::email::EmailAddress;
use super::error::AccountsError;
use super::ids::IdentityKey;
use super::verification_method::{ClaimedEmail, VerifiedEmail};
use crate::providers::{Profile, ProfileEmail};

/// What a profile says, with nothing left in it that could surprise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// Who it is at the provider.
    pub identity: IdentityKey,
    /// The provider's slug.
    pub provider: String,
    /// What it says about an e-mail address.
    pub email: EmailFact,
    /// A name, bounded.
    pub name: Option<String>,
    /// The address of a picture, https or a stand-in's, bounded.
    pub picture: Option<String>,
}

/// What a profile says about an e-mail address. Four cases, and only one of them can find a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EmailFact {
    /// None was told: Facebook by telephone, GitHub when private.
    Absent,
    /// Something was told that is not an address of the form that we accept. Counts as none.
    Malformed,
    /// An address, and nobody says that it is the person's.
    Unverified(ClaimedEmail),
    /// An address that the provider vouches for.
    Verified(VerifiedEmail),
}

impl Facts {
    /// The facts of a profile.
    ///
    /// # Errors
    /// [`AccountsError::IdentityKey`] when the profile names nobody. A malformed e-mail address, name or
    /// picture is no error: the person gets in without it.
    pub fn of(profile: &Profile) -> Result<Self, AccountsError> {
        Ok(Self {
            identity: IdentityKey::new(&profile.issuer, &profile.subject)?,
            provider: profile.provider.clone(),
            email: profile.email.as_ref().map_or(EmailFact::Absent, EmailFact::of),
            name: profile.name.as_deref().and_then(display_name),
            picture: profile.picture.as_deref().and_then(|picture| picture_url(picture, &profile.issuer)),
        })
    }
}

impl EmailFact {
    fn of(email: &ProfileEmail) -> Self {
        match (VerifiedEmail::from_profile(email), EmailAddress::parse(&email.unverified_address)) {
            (Ok(Some(verified)), _) => Self::Verified(verified),
            (Ok(None), Ok(address)) => Self::Unverified(ClaimedEmail::new(address)),
            _ => Self::Malformed,
        }
    }

    /// The address, whatever it is worth: for the identity's row, not for a look-up.
    pub fn address(&self) -> Option<&EmailAddress> {
        match self {
            Self::Absent | Self::Malformed => None,
            Self::Unverified(email) => Some(email.address()),
            Self::Verified(email) => Some(email.address()),
        }
    }

    /// The address if it is proven.
    pub fn verified(&self) -> Option<&VerifiedEmail> {
        match self {
            Self::Verified(email) => Some(email),
            _ => None,
        }
    }
}
