//! What is kept of a password.

use std::fmt;

/// A password's hash with its salt and parameters, as a string in the PHC format. Made and read by the room `passwords`;
/// everybody else carries it between there and its row. Never printed: who has it can guess at leisure.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// A hash as its row has it. It is not looked at: one that cannot be read fits no password.
    pub fn from_row(text: String) -> Self {
        Self(text)
    }

    /// The text, for its row.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("PasswordHash(…)")
    }
}
