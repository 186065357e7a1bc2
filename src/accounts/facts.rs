//! A profile in canonical form, as the policy reads it and the database stores it.

use super::display::{display_name, picture_url};
use super::email::EmailAddress;
use super::error::AccountsError;
use super::ids::IdentityKey;
use super::verification_method::{ClaimedEmail, VerifiedEmail};
use crate::providers::{Profile, ProfileEmail};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    pub identity: IdentityKey,
    /// The provider's slug.
    pub provider: String,
    pub email: EmailFact,
    pub name: Option<String>,
    /// A URL: https, or http of an endpoint override on loopback.
    pub picture: Option<String>,
}

/// A profile's email address. Only a verified one can find a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EmailFact {
    /// As with Facebook accounts by phone number, or private GitHub addresses.
    Absent,
    /// Not an acceptable email address; treated as absent.
    Malformed,
    Unverified(ClaimedEmail),
    Verified(VerifiedEmail),
}

impl Facts {
    /// # Errors
    /// [`AccountsError::IdentityKey`] when issuer or subject is unusable. A malformed email address, name or picture is
    /// dropped.
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
        match (VerifiedEmail::from_profile(email), EmailAddress::parse(&email.unverified_email)) {
            (Ok(Some(verified)), _) => Self::Verified(verified),
            (Ok(None), Ok(address)) => Self::Unverified(ClaimedEmail::new(address)),
            _ => Self::Malformed,
        }
    }

    /// Verified or not: to be stored, never to look up a user.
    pub fn email(&self) -> Option<&EmailAddress> {
        match self {
            Self::Absent | Self::Malformed => None,
            Self::Unverified(email) => Some(email.email()),
            Self::Verified(email) => Some(email.email()),
        }
    }

    pub fn verified(&self) -> Option<&VerifiedEmail> {
        match self {
            Self::Verified(email) => Some(email),
            _ => None,
        }
    }
}
