//! A form that was submitted after its session ended. It waits, sealed, in a cookie: after the sign-in the page `/unsent` offers
//! to send it.
//!
//! The threats: on a shared computer another user must not see or send it, so it is bound to the user for whom its page was
//! rendered; and nothing is sent by itself, since the user may have given up on it. What is kept is a closed list of fields per
//! form (`account::FORMS`), never a password or a code. A cookie's size bounds it.

use serde::{Deserialize, Serialize};

use crate::{
    accounts::UserId,
    sealing::{SealingError, random_text, sha256_base64url},
};

/// Seconds.
pub const UNSENT_LIFETIME: i64 = 600;
/// 128 random bits.
const ID_BYTES: usize = 16;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnsentForm {
    /// The page that offers it names this: another tab may have left another form meanwhile.
    pub id: String,
    /// The user for whom the form was rendered.
    user: String,
    /// The form, by the path of its server function.
    pub path: String,
    pub fields: Vec<(String, String)>,
}

impl UnsentForm {
    /// # Errors
    /// If the system returns no random numbers.
    pub fn new(user: UserId, path: &str, fields: Vec<(String, String)>) -> Result<Self, SealingError> {
        Ok(Self { id: random_text::<ID_BYTES>()?, user: user.to_string(), path: path.to_owned(), fields })
    }

    pub fn belongs_to(&self, user: UserId) -> bool {
        self.user == user.to_string()
    }

    /// Under which it is marked used: a browser could present its cookie again.
    pub fn id_hash(&self) -> String {
        sha256_base64url(format!("unsent {}", self.id))
    }
}
