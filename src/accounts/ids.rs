//! The names of users and identities.

use std::fmt;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

use super::error::AccountsError;

/// A UUID of version 7 (RFC 9562 §5.7): sorts by its creation, so that new rows lie together in an index.
/// Not a secret and not to be used as one: its first half is the time.
pub fn time_ordered_id(now: OffsetDateTime, random: [u8; 10]) -> Uuid {
    let milliseconds = u64::try_from(now.unix_timestamp_nanos() / 1_000_000).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(milliseconds, &random).into_uuid()
}

/// A user's id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct UserId(Uuid);

/// An identity's own id, for pages and rows that speak of it; what it is known by is its [`IdentityKey`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct IdentityId(Uuid);

macro_rules! id {
    ($name:ident) => {
        impl $name {
            /// A new id, from the time and from random bytes.
            pub fn new(now: OffsetDateTime, random: [u8; 10]) -> Self {
                Self(time_ordered_id(now, random))
            }

            /// Reads an id back from its text form.
            ///
            /// # Errors
            /// [`AccountsError::Id`] for anything that is not a UUID.
            pub fn parse(text: &str) -> Result<Self, AccountsError> {
                Uuid::try_parse(text).map(Self).map_err(|_| AccountsError::Id)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(formatter)
            }
        }
    };
}

impl UserId {
    /// No user's id (the nil UUID, RFC 9562 §5.9): asks for rows where there are none.
    pub const NOBODY: Self = Self(Uuid::nil());
}

impl TryFrom<String> for UserId {
    type Error = AccountsError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<UserId> for String {
    fn from(id: UserId) -> Self {
        id.to_string()
    }
}

id!(UserId);
id!(IdentityId);

/// Issuer and subject: what an identity is known by (OpenID Connect Core §5.7: the only claims that a relying
/// party can rely on together as a stable identifier). Compared byte for byte; an issuer of another provider
/// with the same subject is another person.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct IdentityKey {
    issuer: String,
    subject: String,
}

impl IdentityKey {
    /// A key from its two parts.
    ///
    /// # Errors
    /// [`AccountsError::IdentityKey`] when a part is empty, holds control characters, or is longer than the
    /// 255 characters of OpenID Connect Core §2 (subject) or 2048 (issuer). An empty subject accepted
    /// here would be one user for everybody whom a broken provider forgets to name.
    pub fn new(issuer: &str, subject: &str) -> Result<Self, AccountsError> {
        if is_name(issuer, 2048) && is_name(subject, 255) {
            Ok(Self { issuer: issuer.to_owned(), subject: subject.to_owned() })
        } else {
            Err(AccountsError::IdentityKey)
        }
    }

    /// Who vouches for the subject.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The issuer's name for the person.
    pub fn subject(&self) -> &str {
        &self.subject
    }
}

fn is_name(text: &str, longest: usize) -> bool {
    !text.is_empty() && text.len() <= longest && !text.chars().any(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_sort_by_their_creation_and_survive_their_text_form() {
        let early = UserId::new(OffsetDateTime::UNIX_EPOCH, [0xff; 10]);
        let late = UserId::new(OffsetDateTime::UNIX_EPOCH + time::Duration::DAY, [0; 10]);
        assert!(early < late && early.to_string() < late.to_string());
        assert_eq!(UserId::parse(&late.to_string()), Ok(late));
        assert_eq!(UserId::parse("1"), Err(AccountsError::Id));
    }

    #[test]
    fn an_identity_needs_an_issuer_and_a_subject() {
        assert!(IdentityKey::new("https://accounts.google.com", "1").is_ok());
        assert!(IdentityKey::new("https://accounts.google.com", &"1".repeat(255)).is_ok());
        for (issuer, subject) in [
            ("", "1"),
            ("https://a.example", ""),
            ("https://a.example", "1\0"),
            ("https://a.example\n", "1"),
            ("https://a.example", "1".repeat(256).as_str()),
        ] {
            assert_eq!(IdentityKey::new(issuer, subject), Err(AccountsError::IdentityKey));
        }
    }

    #[test]
    fn an_identity_is_compared_byte_for_byte() {
        let key = |issuer, subject| IdentityKey::new(issuer, subject).unwrap();
        assert_eq!(key("https://a.example", "x"), key("https://a.example", "x"));
        assert_ne!(key("https://a.example", "x"), key("https://a.example", "X"));
        assert_ne!(key("https://a.example", "x"), key("https://a.example/", "x"));
    }
}
