//! The attestation object of a registration (WebAuthn §6.5.4).

use super::{
    WebAuthnError,
    cbor::{Cbor, Item, value_of},
};

/// Its `authData`. `fmt` and `attStmt` must be there and are not looked into: this site asks for no attestation, and browsers
/// and authenticators may send one all the same.
pub(super) fn authenticator_data_of(object: &[u8]) -> Result<&[u8], WebAuthnError> {
    let mut cbor = Cbor::new(object);
    let entries = cbor.map()?;
    let has_format = matches!(value_of(&entries, Item::Text("fmt")), Some(Item::Text(_)));
    let has_statement = value_of(&entries, Item::Text("attStmt")).is_some();
    match value_of(&entries, Item::Text("authData")) {
        Some(Item::Bytes(data)) if has_format && has_statement && cbor.position() == object.len() => Ok(data),
        _ => Err(WebAuthnError::Malformed),
    }
}
