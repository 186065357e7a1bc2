//! Options for `navigator.credentials`, as JSON (WebAuthn §5.1.8 and §5.1.9: `parseCreationOptionsFromJSON`,
//! `parseRequestOptionsFromJSON`).

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::{Challenge, CredentialId, Rp, TransportSet, public_key::ALGORITHMS};

/// How long a user has for a ceremony, in seconds (§15.1 recommends five minutes and more).
pub const CEREMONY_SECONDS: i64 = 300;

/// The user of a new credential.
#[derive(Clone, Copy, Debug)]
pub struct UserEntity<'a> {
    /// At most 64 bytes, and nothing that describes the user (§14.6.1): authenticators reveal it.
    pub handle: &'a [u8],
    /// Tells accounts apart, such as an email address.
    pub name: &'a str,
    /// The user's name.
    pub display_name: &'a str,
}

/// A credential that the user has.
#[derive(Clone, Debug)]
pub struct Descriptor {
    /// Its id.
    pub id: CredentialId,
    /// How the browser reaches it.
    pub transports: TransportSet,
}

/// Options for `create()`: a discoverable credential, by which the user signs in without typing a name; no attestation. An
/// authenticator that has one of `existing` makes no second one.
pub fn creation_options(
    rp: &Rp,
    rp_name: &str,
    challenge: &Challenge,
    user: UserEntity<'_>,
    existing: &[Descriptor],
) -> Value {
    let algorithms: Vec<_> = ALGORITHMS.iter().map(|alg| json!({ "type": "public-key", "alg": alg })).collect();
    json!({
        "rp": { "id": rp.id(), "name": rp_name },
        "user": {
            "id": URL_SAFE_NO_PAD.encode(user.handle),
            "name": user.name,
            "displayName": user.display_name,
        },
        "challenge": challenge.expose(),
        "pubKeyCredParams": algorithms,
        "timeout": CEREMONY_SECONDS * 1000,
        "excludeCredentials": descriptors(existing),
        "authenticatorSelection": {
            "residentKey": "required",
            "requireResidentKey": true,
            "userVerification": "preferred",
        },
        "attestation": "none",
    })
}

/// Options for `get()`. Without `allowed` the browser offers every passkey that it has for this site.
pub fn request_options(rp: &Rp, challenge: &Challenge, allowed: &[Descriptor]) -> Value {
    json!({
        "challenge": challenge.expose(),
        "timeout": CEREMONY_SECONDS * 1000,
        "rpId": rp.id(),
        "allowCredentials": descriptors(allowed),
        "userVerification": "preferred",
    })
}

fn descriptors(credentials: &[Descriptor]) -> Vec<Value> {
    let descriptor = |Descriptor { id, transports }: &Descriptor| json!({ "type": "public-key", "id": id.to_text(), "transports": transports.to_json() });
    credentials.iter().map(descriptor).collect()
}
