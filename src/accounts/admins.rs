//! Who has the role of an administrator.

use std::collections::BTreeSet;

use super::email::EmailAddress;
use super::ids::UserId;
use super::user::User;

/// The administrators (`ADMINS`), by id or by email address.
///
/// The threat: whoever gets an administrator's address into their account is one. So an address counts only where it is
/// verified by its authority or by a link, which takes the mailbox; a provider's word or a claim never does. An id belongs
/// to one account for good.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Admins {
    pub ids: BTreeSet<UserId>,
    pub emails: BTreeSet<EmailAddress>,
}

impl Admins {
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty() && self.emails.is_empty()
    }

    pub fn includes(&self, user: &User) -> bool {
        let by_email = user
            .verified_email
            .as_ref()
            .is_some_and(|email| email.method().is_strong() && self.emails.contains(email.email()));
        user.disabled_at.is_none() && (by_email || self.ids.contains(&user.id))
    }
}

#[cfg(test)]
mod tests {
    use time::OffsetDateTime;

    use super::*;
    use crate::accounts::{ClaimedEmail, VerificationMethod, VerifiedEmail};

    fn id(number: u8) -> UserId {
        UserId::new(OffsetDateTime::UNIX_EPOCH, [number; 10])
    }

    fn address() -> EmailAddress {
        EmailAddress::parse("ada@example.com").unwrap()
    }

    fn user(verified: Option<VerificationMethod>) -> User {
        User {
            id: id(1),
            name: None,
            picture: None,
            verified_email: verified.map(|method| VerifiedEmail::on_record(address(), method)),
            claimed_email: verified.is_none().then(|| ClaimedEmail::new(address())),
            created_at: OffsetDateTime::UNIX_EPOCH,
            disabled_at: None,
            name_from: None,
            picture_from: None,
        }
    }

    #[test]
    fn an_address_makes_an_administrator_only_if_its_mailbox_was_read() {
        let admins = Admins { emails: [address()].into(), ..Admins::default() };
        for (verified, expected) in [
            (Some(VerificationMethod::EmailLink), true),
            (Some(VerificationMethod::Authority), true),
            (Some(VerificationMethod::ProviderClaim), false),
            (None, false),
        ] {
            assert_eq!(admins.includes(&user(verified)), expected, "{verified:?}");
        }
        assert!(!Admins::default().includes(&user(Some(VerificationMethod::EmailLink))));
    }

    #[test]
    fn an_id_makes_an_administrator_whatever_the_address() {
        let admins = Admins { ids: [id(1)].into(), ..Admins::default() };
        assert!(admins.includes(&user(None)));
        assert!(!admins.includes(&User { id: id(2), ..user(None) }));
        assert!(!admins.includes(&User { disabled_at: Some(OffsetDateTime::UNIX_EPOCH), ..user(None) }));
    }
}
