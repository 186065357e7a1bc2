//! A person's rows, as the rest of the application sees them.

use time::OffsetDateTime;

use super::email::EmailAddress;
use super::ids::{IdentityId, IdentityKey, UserId};
use super::verification_method::{ClaimedEmail, VerifiedEmail};

/// A person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// Their id; never changes and is never given again.
    pub id: UserId,
    /// What to call them.
    pub name: Option<String>,
    /// Address of their picture, https.
    pub picture: Option<String>,
    /// The address that is theirs, proven. At most one user has it.
    pub verified_email: Option<VerifiedEmail>,
    /// An address that they or their provider wrote down, unproven. Any number of users may have the same:
    /// show it as unconfirmed, and never find anyone by it.
    pub claimed_email: Option<ClaimedEmail>,
    /// When they signed up.
    pub created_at: OffsetDateTime,
    /// When an operator shut them out, if so. Loading a session of theirs finds nothing.
    pub disabled_at: Option<OffsetDateTime>,
    /// Who told the name: a provider's slug, or [`OWN`] for what the person chose. No provider writes over that.
    pub name_from: Option<String>,
    /// Who told the picture, likewise.
    pub picture_from: Option<String>,
}

/// What the person chose themself.
pub const OWN: &str = "own";

/// A way in through a provider: one person there, linked to one user here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The row's id.
    pub id: IdentityId,
    /// Whose it is.
    pub user: UserId,
    /// What the provider knows the person by.
    pub key: IdentityKey,
    /// The provider's slug.
    pub provider: String,
    /// The address that the provider told at the last sign-in.
    pub email: Option<EmailAddress>,
    /// Whether the provider said that it had verified this address.
    pub email_verified: bool,
    /// The name that the provider told last, to tell two accounts at one provider apart.
    pub name: Option<String>,
    /// When it was linked.
    pub linked_at: OffsetDateTime,
    /// When it last signed the user in.
    pub last_used_at: OffsetDateTime,
}
