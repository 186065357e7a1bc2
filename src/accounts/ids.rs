//! Ids of users and identities.

use std::fmt;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

use super::error::AccountsError;

/// A UUID of version 7 (RFC 9562 §5.7): sorts by creation time, so that new rows are adjacent in an index. Not secret:
/// its first half is the time.
pub fn time_ordered_id(now: OffsetDateTime, random: [u8; 10]) -> Uuid {
    let milliseconds = u64::try_from(now.unix_timestamp_nanos() / 1_000_000).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(milliseconds, &random).into_uuid()
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct UserId(Uuid);

/// For pages and forms. The authenticator's name for the passkey is its credential id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PasskeyId(Uuid);

/// For pages and foreign keys. The provider's name for the identity is its [`IdentityKey`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct IdentityId(Uuid);

macro_rules! id {
    ($name:ident) => {
        impl $name {
            pub fn new(now: OffsetDateTime, random: [u8; 10]) -> Self {
                Self(time_ordered_id(now, random))
            }

            /// # Errors
            /// [`AccountsError::Id`] for anything that is not a UUID.
            pub fn parse(text: &str) -> Result<Self, AccountsError> {
                Uuid::try_parse(text).map(Self).map_err(|_| AccountsError::Id)
            }
        }

        impl TryFrom<String> for $name {
            type Error = AccountsError;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.to_string()
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
    /// The nil UUID (RFC 9562 §5.9), for queries that must find no rows.
    pub const NOBODY: Self = Self(Uuid::nil());

    /// The user handle of passkeys (WebAuthn §5.4.3): authenticators reveal it, and it says nothing about the user.
    pub const fn handle(self) -> [u8; 16] {
        self.0.into_bytes()
    }
}

id!(UserId);
id!(IdentityId);
id!(PasskeyId);

/// Issuer and subject, the only stable identifier together (OpenID Connect Core §5.7). Compared byte for byte.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct IdentityKey {
    issuer: String,
    subject: String,
}

impl IdentityKey {
    /// # Errors
    /// [`AccountsError::IdentityKey`] when a part is empty, contains control characters, or is longer than 255 characters
    /// (subject, OpenID Connect Core §2) or 2048 (issuer). An empty subject would make one user of everybody at a broken
    /// provider.
    pub fn new(issuer: &str, subject: &str) -> Result<Self, AccountsError> {
        if is_name(issuer, 2048) && is_name(subject, 255) {
            Ok(Self { issuer: issuer.to_owned(), subject: subject.to_owned() })
        } else {
            Err(AccountsError::IdentityKey)
        }
    }

    pub fn issuer(&self) -> &str {
        &self.issuer
    }

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
    fn ids_sort_by_creation_and_round_trip() {
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
