//! What the browser returns: `PublicKeyCredential.toJSON()` (WebAuthn §5.1, RegistrationResponseJSON and
//! AuthenticationResponseJSON).

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::Value;

use super::{CredentialId, TransportSet, WebAuthnError};

/// Longest member, in characters of base64url. An attestation object with certificates has a few thousand.
const MAX_TEXT: usize = 16 * 1024;
/// Longest user handle, in bytes (§5.4.3).
const MAX_USER_HANDLE: usize = 64;

/// The response to `navigator.credentials.create()`. Nothing is verified.
#[derive(Clone, Debug)]
pub struct RegistrationResponse {
    pub(super) id: CredentialId,
    pub(super) client_data: Vec<u8>,
    pub(super) attestation_object: Vec<u8>,
    pub(super) transports: TransportSet,
}

/// The response to `navigator.credentials.get()`. Nothing is verified.
#[derive(Clone, Debug)]
pub struct AuthenticationResponse {
    pub(super) id: CredentialId,
    pub(super) client_data: Vec<u8>,
    pub(super) authenticator_data: Vec<u8>,
    pub(super) signature: Vec<u8>,
    pub(super) user_handle: Option<Vec<u8>>,
}

impl RegistrationResponse {
    /// # Errors
    /// [`WebAuthnError::Malformed`].
    pub fn from_json(credential: &Value) -> Result<Self, WebAuthnError> {
        let (id, response) = parts_of(credential)?;
        let transports = response.get("transports").and_then(Value::as_array);
        Ok(Self {
            id,
            client_data: bytes(response, "clientDataJSON")?,
            attestation_object: bytes(response, "attestationObject")?,
            transports: TransportSet::of(transports.into_iter().flatten().filter_map(Value::as_str)),
        })
    }
}

impl AuthenticationResponse {
    /// # Errors
    /// [`WebAuthnError::Malformed`].
    pub fn from_json(credential: &Value) -> Result<Self, WebAuthnError> {
        let (id, response) = parts_of(credential)?;
        let user_handle = match response.get("userHandle") {
            None | Some(Value::Null) => None,
            // Some password managers write an absent handle as an empty one, which no user has (§5.4.3).
            Some(_) => Some(bytes(response, "userHandle")?).filter(|handle| !handle.is_empty()),
        };
        if user_handle.as_ref().is_some_and(|handle| handle.len() > MAX_USER_HANDLE) {
            return Err(WebAuthnError::Malformed);
        }
        Ok(Self {
            id,
            client_data: bytes(response, "clientDataJSON")?,
            authenticator_data: bytes(response, "authenticatorData")?,
            signature: bytes(response, "signature")?,
            user_handle,
        })
    }

    /// The credential that claims to have signed.
    pub fn unverified_id(&self) -> &CredentialId {
        &self.id
    }
}

/// The id and the `response` of a `public-key` credential. `rawId` is the same id where it is present.
fn parts_of(credential: &Value) -> Result<(CredentialId, &Value), WebAuthnError> {
    let text = |name: &str| credential.get(name).and_then(Value::as_str);
    let id = text("id").ok_or(WebAuthnError::Malformed)?;
    let is_consistent = text("type") == Some("public-key") && text("rawId").is_none_or(|raw| raw == id);
    match credential.get("response") {
        Some(response) if is_consistent => Ok((CredentialId::parse(id)?, response)),
        _ => Err(WebAuthnError::Malformed),
    }
}

fn bytes(response: &Value, name: &str) -> Result<Vec<u8>, WebAuthnError> {
    let text = response.get(name).and_then(Value::as_str).filter(|text| text.len() <= MAX_TEXT);
    URL_SAFE_NO_PAD.decode(text.ok_or(WebAuthnError::Malformed)?).map_err(|_| WebAuthnError::Malformed)
}
