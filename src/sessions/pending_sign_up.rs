//! A sign-up that waits for the link in its email, in the browser that began it: for "Send it again".

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{
    accounts::{EmailAddress, PasswordHash},
    relying_party::ReturnTo,
};

/// The password's hash is the one that waits with the link. Does not print.
#[derive(Clone)]
pub struct PendingSignUp {
    pub email: EmailAddress,
    pub password: PasswordHash,
    pub return_to: Option<ReturnTo>,
}

/// As the sealed cookie holds it.
#[derive(Serialize, Deserialize)]
pub(super) struct Kept {
    email: String,
    password: String,
    return_to: Option<String>,
}

impl PendingSignUp {
    pub(super) fn kept(&self) -> Kept {
        Kept {
            email: self.email.to_string(),
            password: self.password.as_str().to_owned(),
            return_to: self.return_to.as_ref().map(|path| path.as_str().to_owned()),
        }
    }
}

impl Kept {
    pub(super) fn read(self) -> Option<PendingSignUp> {
        Some(PendingSignUp {
            email: EmailAddress::parse(&self.email).ok()?,
            password: PasswordHash::from_row(self.password),
            return_to: self.return_to.as_deref().and_then(ReturnTo::parse),
        })
    }
}

impl fmt::Debug for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a pending sign-up")
    }
}
