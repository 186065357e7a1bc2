//! Recovery codes: the way in without the authenticator app.

use std::fmt;

use aws_lc_rs::hmac;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};

use super::readable_code;
use crate::totp::TotpSecret;

/// Fifty random bits.
const LENGTH: usize = 10;
/// What a MAC is of: the key is also that of the app's codes.
const LABEL: &[u8] = b"recovery code ";

/// Ten characters that a person keeps on paper. Works once. Does not print.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RecoveryCode(String);

impl RecoveryCode {
    /// Codes of one user.
    pub const COUNT: usize = 10;

    /// The low fifty bits count.
    pub fn from_random(random: [u8; 7]) -> Self {
        let bits = random.iter().fold(0_u64, |bits, byte| (bits << 8) | u64::from(*byte));
        Self(readable_code::from_bits(bits, LENGTH))
    }

    /// What the user typed: upper or lower case, with or without spaces and hyphens. `None` if it cannot be a code.
    pub fn parse(typed: &str) -> Option<Self> {
        readable_code::parse(typed, LENGTH).map(Self)
    }

    /// In two groups, as people read it.
    pub fn grouped(&self) -> String {
        readable_code::grouped(&self.0)
    }

    /// What the database keeps, as base64url: an HMAC-SHA256 under the secret of the user's app. The secret is encrypted at
    /// rest, so that a reader of the database cannot try all codes; and a new app voids the codes of the one before.
    pub fn mac(&self, secret: &TotpSecret) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.expose());
        URL_SAFE_NO_PAD.encode(hmac::sign(&key, &[LABEL, self.0.as_bytes()].concat()))
    }
}

impl fmt::Debug for RecoveryCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("RecoveryCode(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_typed_in_many_ways_and_does_not_print() {
        let code = RecoveryCode::from_random([0xab; 7]);
        let shown = code.grouped();
        assert_eq!(shown.len(), LENGTH + 1);
        for typed in [shown.clone(), shown.to_lowercase(), shown.replace('-', " "), shown.replace('-', "")] {
            assert_eq!(RecoveryCode::parse(&typed), Some(code.clone()), "{typed}");
        }
        for typed in ["", "123456", "ABCD-EFGH", &format!("{shown}2")] {
            assert_eq!(RecoveryCode::parse(typed), None, "{typed}");
        }
        assert_eq!(format!("{code:?}"), "RecoveryCode(…)");
    }

    #[test]
    fn a_code_has_another_mac_under_another_secret() {
        let (one, other) = (TotpSecret::from_random([1; 20]), TotpSecret::from_random([2; 20]));
        let code = RecoveryCode::from_random([7; 7]);
        assert_eq!(code.mac(&one), code.mac(&one));
        assert_ne!(code.mac(&one), code.mac(&other));
        assert_ne!(code.mac(&one), RecoveryCode::from_random([8; 7]).mac(&one));
    }
}
