//! What a person types and nobody prints.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A password on its way from a form. Its `Debug` shows nothing: the arguments of server functions have one.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// The text itself.
    pub fn into_text(self) -> String {
        self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}
