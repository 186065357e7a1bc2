//! Whether users need a verified email address.

use super::user::User;

/// What happens to users whose provider sent no email address, or an unverified one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EmailRequirement {
    /// The dashboard asks for one; users may continue without.
    #[default]
    Ask,
    /// They cannot continue without one.
    Require,
    Off,
}

impl EmailRequirement {
    pub fn applies_to(self, user: &User) -> bool {
        self != Self::Off && user.verified_email.is_none()
    }

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
        let email = EmailAddress::parse("ada@example.com").unwrap();
        User {
            id: UserId::new(OffsetDateTime::UNIX_EPOCH, [1; 10]),
            name: None,
            picture: None,
            verified_email: verified.then(|| VerifiedEmail::on_record(email.clone(), VerificationMethod::EmailLink)),
            claimed_email: (!verified).then(|| ClaimedEmail::new(email)),
            created_at: OffsetDateTime::UNIX_EPOCH,
            disabled_at: None,
            name_from: None,
            picture_from: None,
        }
    }

    #[test]
    fn a_user_with_a_verified_email_is_never_asked() {
        for wish in [EmailRequirement::Ask, EmailRequirement::Require, EmailRequirement::Off] {
            assert!(!wish.applies_to(&user(true)) && !wish.keeps_out(&user(true)), "{wish:?}");
        }
    }

    #[test]
    fn a_user_without_one_is_treated_by_the_requirement() {
        let applies_and_keeps_out =
            |wish: EmailRequirement| (wish.applies_to(&user(false)), wish.keeps_out(&user(false)));
        assert_eq!(applies_and_keeps_out(EmailRequirement::Ask), (true, false));
        assert_eq!(applies_and_keeps_out(EmailRequirement::Require), (true, true));
        assert_eq!(applies_and_keeps_out(EmailRequirement::Off), (false, false));
    }
}
