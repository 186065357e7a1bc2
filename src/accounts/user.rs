//! Users and their identities.

use time::OffsetDateTime;

use super::email::EmailAddress;
use super::ids::{IdentityId, IdentityKey, UserId};
use super::verification_method::{ClaimedEmail, VerifiedEmail};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// Never changes and is never reused.
    pub id: UserId,
    pub name: Option<String>,
    /// An https URL.
    pub picture: Option<String>,
    /// At most one user has it.
    pub verified_email: Option<VerifiedEmail>,
    /// Unverified, and possibly claimed by many users: show it as unconfirmed, and never look a user up by it.
    pub claimed_email: Option<ClaimedEmail>,
    pub created_at: OffsetDateTime,
    /// Set by an operator. The sessions of a disabled user are not found.
    pub disabled_at: Option<OffsetDateTime>,
    /// A provider's slug, or [`OWN`], which no provider overwrites.
    pub name_from: Option<String>,
    /// Likewise.
    pub picture_from: Option<String>,
}

/// Chosen by the user.
pub const OWN: &str = "own";

/// An account at a provider, linked to a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    pub id: IdentityId,
    pub user: UserId,
    pub key: IdentityKey,
    /// The provider's slug.
    pub provider: String,
    /// As of the last sign-in.
    pub email: Option<EmailAddress>,
    /// By the provider.
    pub email_verified: bool,
    /// As of the last sign-in that had one. Tells two accounts at one provider apart.
    pub name: Option<String>,
    pub linked_at: OffsetDateTime,
    pub last_used_at: OffsetDateTime,
}
