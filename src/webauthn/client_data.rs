//! Client data: what the browser says about a ceremony, and the authenticator signs the hash of (WebAuthn §5.8.1).

use super::{Challenge, Rp, WebAuthnError};
use crate::oauth::{DocumentError, JsonDocument};

/// `type`, which keeps a signature of one ceremony from serving the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ceremony {
    Registration,
    Authentication,
}

impl Ceremony {
    const fn client_data_type(self) -> &'static str {
        match self {
            Self::Registration => "webauthn.create",
            Self::Authentication => "webauthn.get",
        }
    }
}

/// Checks §7.1 steps 7 to 11, and §7.2 steps 10 to 14.
///
/// The origin is compared as a whole: `https://example.com.evil.test`, a subdomain, another port and http are other origins. A
/// ceremony in a frame of another site is refused (`crossOrigin`, `topOrigin`): our pages cannot be framed.
pub(super) fn check_client_data(
    json: &[u8],
    ceremony: Ceremony,
    challenge: &Challenge,
    rp: &Rp,
) -> Result<(), WebAuthnError> {
    // Other members may come (§5.8.1 adds a GREASE member).
    let document = JsonDocument::parse_received(json)?;
    if document.required_str("type")? != ceremony.client_data_type() {
        return Err(WebAuthnError::WrongType);
    }
    if !challenge.matches(document.required_str("challenge")?) {
        return Err(WebAuthnError::WrongChallenge);
    }
    if document.required_str("origin")? != rp.origin() {
        return Err(WebAuthnError::WrongOrigin);
    }
    if document.optional_bool("crossOrigin")?.unwrap_or(false) || document.contains("topOrigin") {
        return Err(WebAuthnError::CrossOrigin);
    }
    Ok(())
}

impl From<DocumentError> for WebAuthnError {
    fn from(_: DocumentError) -> Self {
        Self::Malformed
    }
}
