//! Passkeys: WebAuthn credentials by which a user signs in.

use time::OffsetDateTime;

use super::display::display_name;
use super::ids::{PasskeyId, UserId};
use crate::webauthn::{Aaguid, Descriptor, NewCredential, StoredCredential, TransportSet};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passkey {
    pub id: PasskeyId,
    pub user: UserId,
    pub credential: StoredCredential,
    pub aaguid: Aaguid,
    /// Never empty.
    pub name: String,
    pub transports: TransportSet,
    /// There was a copy on another device at its last use.
    pub backed_up: bool,
    pub created_at: OffsetDateTime,
    pub last_used_at: Option<OffsetDateTime>,
}

/// Longest name, in characters.
const MAX_NAME: usize = 60;

impl Passkey {
    /// Browsers get the list of a user's passkeys in one piece, and nobody needs more.
    pub const MAX_PER_USER: i64 = 20;

    /// For options that exclude or allow it.
    pub fn descriptor(&self) -> Descriptor {
        Descriptor { id: self.credential.id.clone(), transports: self.transports.clone() }
    }

    /// A name that the user chose; `None` when nothing is left of it.
    pub fn name_of(text: &str) -> Option<String> {
        let short: String = display_name(text)?.chars().take(MAX_NAME).collect();
        Some(short.trim().to_owned())
    }

    /// The first name of a new passkey: that of its password manager, or of the browser in which it was added.
    pub fn suggested_name(credential: &NewCredential, device: &str) -> String {
        match credential.aaguid.name() {
            Some(name) => name.to_owned(),
            None => Self::name_of(&format!("Passkey ({device})")).unwrap_or_else(|| "Passkey".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_cleaned_and_bounded() {
        assert_eq!(Passkey::name_of(" My\u{202e} phone \n").as_deref(), Some("My phone"));
        assert_eq!(Passkey::name_of(&"ü".repeat(100)).map(|name| name.chars().count()), Some(60));
        assert_eq!(Passkey::name_of(" \u{200e} "), None);
    }
}
