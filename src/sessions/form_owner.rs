//! Whose account a form was drawn for.
//!
//! The threat: a page stays open in one tab while another tab signs in to another account. The browser sends the new
//! session with the old form, so that `/settings/delete`, drawn for Ada, would delete Grace. Every form of a signed-in
//! page therefore carries its owner, and only a form of the account that is signed in now is acted on.
//!
//! The owner is the user and nothing of the session. A session gets another id at each re-authentication and, where tokens
//! carry it, at each rotation; and a person who signs in again to the same account means the same account. A form of
//! the same user in another session does what that user may do anyway. Forms of other sites are the concern of
//! `web::cross_origin`, so this is no CSRF token and needs no expiry.

use std::sync::Arc;

use crate::{
    accounts::UserId,
    sealing::{Sealer, SealingError},
};

/// What the sealed value is bound to.
const PLACE: &str = "form owner";

/// Writes the owner of a form and reads it back. AES-GCM authenticates it, in constant time, under keys of its own; two pages
/// never carry the same value. Cheap to clone.
#[derive(Clone, Debug)]
pub struct FormOwners(Arc<Sealer>);

impl FormOwners {
    /// With keys derived from the secret keys, newest first.
    ///
    /// # Errors
    /// When there is no key.
    pub fn new<'a>(secret_keys: impl Iterator<Item = &'a [u8]>) -> Result<Self, SealingError> {
        Ok(Self(Arc::new(Sealer::new(secret_keys, PLACE)?)))
    }

    /// The value that the forms of a user's page carry.
    ///
    /// # Errors
    /// When the system gives no random numbers.
    pub fn seal(&self, user: UserId) -> Result<String, SealingError> {
        self.0.seal(PLACE, user.to_string().as_bytes())
    }

    /// The user that a form was drawn for; `None` for a value that we did not make.
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
    fn the_owner_comes_back_and_a_forged_one_does_not() {
        let ada = UserId::parse(ADA).unwrap();
        let sealed = owners(7).seal(ada).unwrap();
        assert_eq!(owners(7).open(&sealed), Some(ada));
        assert_eq!(owners(8).open(&sealed), None);
        for forged in ["", ADA, &sealed[1..], &sealed[..sealed.len() - 2]] {
            assert_eq!(owners(7).open(forged), None, "{forged}");
        }
    }

    #[test]
    fn a_value_says_nothing_of_its_owner_and_is_never_the_same() {
        let ada = UserId::parse(ADA).unwrap();
        let (first, second) = (owners(7).seal(ada).unwrap(), owners(7).seal(ada).unwrap());
        assert_ne!(first, second);
        assert!(!first.contains(ADA));
    }
}
