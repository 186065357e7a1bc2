//! Whether people need an e-mail address here.

use super::user::User;

/// What becomes of somebody whose provider told no address, or one that nobody vouches for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EmailRequirement {
    /// They are asked for one where they are at home, and may go on without.
    #[default]
    Ask,
    /// They come no further without one.
    Require,
    /// They are not asked.
    Off,
}

impl EmailRequirement {
    /// Whether this user is asked for one.
    pub fn asks(self, user: &User) -> bool {
        self != Self::Off && user.verified_email.is_none()
    }

    /// Whether this user is kept out of the pages behind the sign-in until they have one.
    pub fn keeps_out(self, user: &User) -> bool {
        self == Self::Require && user.verified_email.is_none()
    }
}

#[cfg(test)]
mod tests {
    use time::OffsetDateTime;

    use super::*;
    use crate::accounts::{ClaimedEmail, EmailAddress, UserId, VerificationMethod, VerifiedEmail};

    fn user(verified: bool) -> User {
        let address = EmailAddress::parse("ada@example.com").unwrap();
        User {
            id: UserId::new(OffsetDateTime::UNIX_EPOCH, [1; 10]),
            name: None,
            picture: None,
            verified_email: verified.then(|| VerifiedEmail::on_record(address.clone(), VerificationMethod::EmailLink)),
            claimed_email: (!verified).then(|| ClaimedEmail::new(address)),
            created_at: OffsetDateTime::UNIX_EPOCH,
            disabled_at: None,
            name_from: None,
            picture_from: None,
        }
    }

    #[test]
    fn who_has_proven_an_address_is_never_asked() {
        for wish in [EmailRequirement::Ask, EmailRequirement::Require, EmailRequirement::Off] {
            assert!(!wish.asks(&user(true)) && !wish.keeps_out(&user(true)), "{wish:?}");
        }
    }

    #[test]
    fn who_has_none_is_asked_or_kept_out_or_neither() {
        let told = |wish: EmailRequirement| (wish.asks(&user(false)), wish.keeps_out(&user(false)));
        assert_eq!(told(EmailRequirement::Ask), (true, false));
        assert_eq!(told(EmailRequirement::Require), (true, true));
        assert_eq!(told(EmailRequirement::Off), (false, false));
    }
}
