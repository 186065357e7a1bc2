//! A secret field of a form.

use std::fmt;

use secrecy::SecretString;
use serde::{Deserialize, Serialize};

/// A password in a form. Server functions derive `Debug` for their arguments; this one prints nothing.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FormSecret(String);

/// The field as the use cases take it; a missing field is an empty one.
pub(super) fn secret(field: Option<FormSecret>) -> SecretString {
    SecretString::from(field.unwrap_or_default().0)
}

impl fmt::Debug for FormSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FormSecret(…)")
    }
}
