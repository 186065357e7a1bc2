//! What to remember of an id_token that may count only once, where no nonce of ours ties it to a device (threat PA3).

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::Value;

use crate::oidc::{LEEWAY_SECONDS, unverified_claims};

/// An id_token's mark. Remember it with the issuer: the pair counts once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SingleUse {
    /// SHA-256, in base64url, of what was signed. Not of the whole token: an ECDSA signature has a twin that verifies as
    /// well, and with it the same token would be another one.
    pub digest: String,
    /// Unix seconds after which no check lets the token pass any more, so that the mark can be forgotten.
    pub until: i64,
}

/// The mark of an id_token that [`super::RelyingParty::verify_external_token`] has let pass; of any other it says nothing. `None` for what
/// is no token.
pub fn single_use(id_token: &str) -> Option<SingleUse> {
    let (signed, _) = id_token.rsplit_once('.')?;
    let end = unverified_claims(id_token).get("exp").and_then(Value::as_i64)?;
    let leeway = i64::try_from(LEEWAY_SECONDS).unwrap_or(i64::MAX);
    Some(SingleUse {
        digest: URL_SAFE_NO_PAD.encode(digest(&SHA256, signed.as_bytes())),
        until: end.saturating_add(leeway),
    })
}
