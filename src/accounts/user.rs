//! Users and their identities.

use time::OffsetDateTime;

use super::email::EmailAddress;
use super::facts::Facts;
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

impl User {
    /// Whether a sign-in with this profile gives the user another name or picture. What they chose stays, and so does what the
    /// provider does not send.
    pub fn is_refreshed_by(&self, facts: &Facts) -> bool {
        let changes = |from: &Option<String>, on_record: &Option<String>, sent: &Option<String>| {
            sent.is_some()
                && from.as_deref() != Some(OWN)
                && (sent != on_record || from.as_deref() != Some(&*facts.provider))
        };
        changes(&self.name_from, &self.name, &facts.name) || changes(&self.picture_from, &self.picture, &facts.picture)
    }
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

impl Identity {
    /// Those that a user has linked. A provider that is linked without asking can be the one that goes beyond it.
    pub const MAX_PER_USER: i64 = 20;
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::accounts::facts::EmailFact;

    fn on_record(name: Option<&str>, from: Option<&str>) -> User {
        User {
            id: UserId::NOBODY,
            name: name.map(str::to_owned),
            picture: None,
            verified_email: None,
            claimed_email: None,
            created_at: OffsetDateTime::UNIX_EPOCH,
            disabled_at: None,
            name_from: from.map(str::to_owned),
            picture_from: None,
        }
    }

    #[rstest]
    #[case::the_same(Some("Ada"), Some("google"), Some("Ada"), false)]
    #[case::another_name(Some("Ada"), Some("google"), Some("Ada L."), true)]
    #[case::the_first_name(None, None, Some("Ada"), true)]
    #[case::of_another_provider(Some("Ada"), Some("github"), Some("Ada"), true)]
    #[case::chosen(Some("Countess"), Some(OWN), Some("Ada"), false)]
    #[case::not_sent(Some("Ada"), Some("google"), None, false)]
    fn a_profile_refreshes_what_it_says_otherwise(
        #[case] name: Option<&str>,
        #[case] from: Option<&str>,
        #[case] sent: Option<&str>,
        #[case] is_refreshed: bool,
    ) {
        let facts = |name: Option<&str>, picture: Option<&str>| Facts {
            identity: IdentityKey::new("https://accounts.google.com", "ada").unwrap(),
            provider: "google".to_owned(),
            email: EmailFact::Absent,
            name: name.map(str::to_owned),
            picture: picture.map(str::to_owned),
        };
        let by_name = on_record(name, from);
        let by_picture =
            User { picture: by_name.name.clone(), picture_from: by_name.name_from.clone(), ..on_record(None, None) };
        assert_eq!(by_name.is_refreshed_by(&facts(sent, None)), is_refreshed);
        assert_eq!(by_picture.is_refreshed_by(&facts(None, sent)), is_refreshed);
    }
}
