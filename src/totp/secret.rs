//! The secret that the app and this server share.

use std::fmt;

use aws_lc_rs::hmac;
use secrecy::{ExposeSecret, SecretBox};
use url::form_urlencoded::byte_serialize;

use super::base32;

/// Bytes of a secret: as many as HMAC-SHA1 returns (RFC 4226 §4, R6).
const BYTES: usize = 20;

/// 160 random bits. Does not print.
pub struct TotpSecret(SecretBox<[u8; BYTES]>);

impl TotpSecret {
    /// Of bytes that are random.
    pub fn from_random(random: [u8; BYTES]) -> Self {
        Self(SecretBox::new(Box::new(random)))
    }

    /// Of what [`TotpSecret::expose`] returned; `None` for any other length.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self::from_random)
    }

    /// The bytes, in order to encrypt them.
    pub fn expose(&self) -> &[u8; BYTES] {
        self.0.expose_secret()
    }

    /// In Base32 and groups of four, for a user who types it.
    pub fn to_text(&self) -> String {
        let text = base32::encode(self.expose());
        let groups: Vec<&str> = text.as_bytes().chunks(4).filter_map(|group| str::from_utf8(group).ok()).collect();
        groups.join(" ")
    }

    /// The `otpauth` URI in the QR code. `site` and `account` name the entry in the app; both are percent-encoded, and a
    /// colon in them cannot end the label.
    pub fn to_uri(&self, site: &str, account: &str) -> String {
        let (site, account) = (percent_encoded(site), percent_encoded(account));
        let secret = base32::encode(self.expose());
        format!("otpauth://totp/{site}:{account}?secret={secret}&issuer={site}&algorithm=SHA1&digits=6&period=30")
    }

    /// The key of RFC 4226. SHA-1 is broken for signatures, not for HMAC.
    pub(super) fn key(&self) -> hmac::Key {
        hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, self.expose())
    }
}

impl fmt::Debug for TotpSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TotpSecret(…)")
    }
}

/// Apps show a `+` where it stands for a space.
fn percent_encoded(text: &str) -> String {
    byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20")
}
