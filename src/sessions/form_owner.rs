//! The user for whom a form was rendered.
//!
//! The threat: a page stays open in one tab while another tab signs in to another account. The browser sends the new session
//! with the old form, so that `/settings/delete`, rendered for Ada, would delete Grace's account. Every form of a signed-in
//! page therefore names its owner, and a form of another account is refused.
//!
//! The owner is the user, not the session: the session's id changes at each re-authentication and token rotation, and a user
//! who signs in again means the same account. This is no CSRF token and needs no expiry: `web::cross_origin` refuses the
//! forms of other sites.

use std::sync::Arc;

use crate::{
    accounts::UserId,
    sealing::{Sealer, SealingError},
};

/// Associated data of the sealed value.
const PLACE: &str = "form owner";

/// Seals the owner of a form and reads it back. Cheap to clone.
#[derive(Clone, Debug)]
pub struct FormOwners(Arc<Sealer>);

impl FormOwners {
    /// Derives its keys from the secret keys, newest first.
    ///
    /// # Errors
    /// If there is no key.
    pub fn new<'a>(secret_keys: impl Iterator<Item = &'a [u8]>) -> Result<Self, SealingError> {
        Ok(Self(Arc::new(Sealer::new(secret_keys, PLACE)?)))
    }

    /// The value for the forms of a user's page; different each time.
    ///
    /// # Errors
    /// If the system returns no random numbers.
    pub fn seal(&self, user: UserId) -> Result<String, SealingError> {
        self.0.seal(PLACE, user.to_string().as_bytes())
    }

    /// The user for whom a form was rendered; `None` for a forged value.
    pub fn open(&self, unverified: &str) -> Option<UserId> {
        let user = self.0.open(PLACE, unverified).ok()?;
        UserId::parse(std::str::from_utf8(&user).ok()?).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADA: &str = "01890a5d-0000-7000-8000-00000000000a";

    fn owners(secret: u8) -> FormOwners {
        FormOwners::new([[secret; 32].as_slice()].into_iter()).unwrap()
    }

    #[test]
    fn a_sealed_owner_opens_and_a_forged_one_does_not() {
        let ada = UserId::parse(ADA).unwrap();
        let sealed = owners(7).seal(ada).unwrap();
        assert_eq!(owners(7).open(&sealed), Some(ada));
        assert_eq!(owners(8).open(&sealed), None);
        for forged in ["", ADA, &sealed[1..], &sealed[..sealed.len() - 2]] {
            assert_eq!(owners(7).open(forged), None, "{forged}");
        }
    }

    #[test]
    fn a_value_hides_its_owner_and_is_never_repeated() {
        let ada = UserId::parse(ADA).unwrap();
        let (first, second) = (owners(7).seal(ada).unwrap(), owners(7).seal(ada).unwrap());
        assert_ne!(first, second);
        assert!(!first.contains(ADA));
    }
}
