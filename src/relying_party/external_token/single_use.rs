//! Replay protection for an id_token without a nonce: the mark to store (threat PA3).

use serde_json::Value;

use crate::{
    oidc::{LEEWAY_SECONDS, unverified_claims},
    sealing::sha256_base64url,
};

/// The mark of an id_token. Store it with the issuer; a token whose pair is stored was used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SingleUse {
    /// SHA-256 of the signing input (header, dot, payload), base64url. Not of the whole token: anyone can turn an ECDSA
    /// signature into a second valid one.
    pub digest: String,
    /// Unix seconds after which the token is expired and the mark can be deleted.
    pub until: i64,
}

/// The mark of an id_token that [`super::RelyingParty::verify_external_token`] accepted; meaningless for any other.
/// `None` for a malformed token.
pub fn single_use(id_token: &str) -> Option<SingleUse> {
    let (signed, _) = id_token.rsplit_once('.')?;
    let expires_at = unverified_claims(id_token).get("exp").and_then(Value::as_i64)?;
    let leeway = i64::try_from(LEEWAY_SECONDS).unwrap_or(i64::MAX);
    Some(SingleUse { digest: sha256_base64url(signed), until: expires_at.saturating_add(leeway) })
}
