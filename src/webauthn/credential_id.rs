//! How a credential is found again: its id, and the ways to reach its authenticator.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::WebAuthnError;
use crate::codes::codes;

/// The id that an authenticator gave a credential: at most 1023 bytes (WebAuthn §4, "Credential ID").
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CredentialId(Vec<u8>);

impl CredentialId {
    const MAX_BYTES: usize = 1023;

    /// # Errors
    /// [`WebAuthnError::Malformed`] if it is empty or too long.
    pub fn new(bytes: &[u8]) -> Result<Self, WebAuthnError> {
        match bytes.len() {
            1..=Self::MAX_BYTES => Ok(Self(bytes.to_vec())),
            _ => Err(WebAuthnError::Malformed),
        }
    }

    /// From base64url without padding, in its one canonical form.
    ///
    /// # Errors
    /// [`WebAuthnError::Malformed`].
    pub fn parse(text: &str) -> Result<Self, WebAuthnError> {
        Self::new(&URL_SAFE_NO_PAD.decode(text).map_err(|_| WebAuthnError::Malformed)?)
    }

    /// As base64url without padding.
    pub fn to_text(&self) -> String {
        URL_SAFE_NO_PAD.encode(&self.0)
    }
}

codes! {
    /// How a browser reaches an authenticator (WebAuthn §5.8.4).
    Transport {
        /// A removable device.
        Usb = "usb",
        /// Near-field communication.
        Nfc = "nfc",
        /// Bluetooth.
        Ble = "ble",
        /// A card with contacts.
        SmartCard = "smart-card",
        /// Another device, such as a phone beside a computer.
        Hybrid = "hybrid",
        /// Part of the device itself.
        Internal = "internal",
    }
}

/// The transports of a credential, each once. Unknown ones are left out, as §7.1 step 26 allows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TransportSet(Vec<Transport>);

impl TransportSet {
    /// From the members of `transports`.
    pub fn of<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        let names: Vec<&str> = names.into_iter().take(16).collect();
        Self(Transport::ALL.iter().copied().filter(|known| names.contains(&known.code())).collect())
    }

    /// From [`Self::to_text`].
    pub fn parse(text: &str) -> Self {
        Self::of(text.split(' '))
    }

    /// The names, separated by spaces.
    pub fn to_text(&self) -> String {
        self.0.iter().map(|transport| transport.code()).collect::<Vec<_>>().join(" ")
    }

    /// The JSON array for a browser.
    pub(super) fn to_json(&self) -> Value {
        json!(self.0.iter().map(|transport| transport.code()).collect::<Vec<_>>())
    }
}
