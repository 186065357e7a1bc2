//! Signs id_tokens, changed by armed patches.

use std::sync::Arc;

use aws_lc_rs::digest;
use aws_lc_rs::hmac;
use aws_lc_rs::signature::{
    RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512, RSA_PSS_SHA256, RSA_PSS_SHA384, RSA_PSS_SHA512,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::keys::{self, SigningKey};
use super::other_keys::Curve;
use super::rules::Rules;
use super::state::{Provider, SharedState};
use super::template::Template;

pub type Patches = Rules<ArmedPatch>;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ArmedPatch {
    pub patch: Patch,
}

/// The crate documentation describes the JSON.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Patch {
    pub claims: Map<String, Value>,
    pub remove: Vec<String>,
    /// Added or replaced after `sign` has set `alg`.
    pub header: Map<String, Value>,
    pub remove_header: Vec<String>,
    pub sign: Signing,
    /// Only for id_tokens of refresh responses.
    pub refreshed: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Signing {
    #[default]
    Rs256,
    /// The right key with another algorithm.
    Rs384,
    Rs512,
    Ps256,
    Ps384,
    Ps512,
    /// A key that the generic provider publishes, and no other.
    Es256,
    Es384,
    Es512,
    #[serde(rename = "eddsa")]
    EdDsa,
    /// EdDSA by its name in RFC 9864.
    Ed25519,
    None,
    /// HMAC keyed with the public key in PEM (key confusion).
    Hs256PublicKey,
    Hs256PublicKeyDer,
    Hs256ClientSecret,
    /// RS256 with one bit flipped.
    BadSignature,
    /// Signed by an unpublished key under the `kid` of a published one.
    UnpublishedKey,
    /// Signed by a key in the header's `jwk`.
    EmbeddedKey,
}

impl Signing {
    /// `alg`.
    pub fn algorithm(self) -> &'static str {
        match self {
            Self::Rs256 | Self::BadSignature | Self::UnpublishedKey | Self::EmbeddedKey => "RS256",
            Self::Rs384 => "RS384",
            Self::Rs512 => "RS512",
            Self::Ps256 => "PS256",
            Self::Ps384 => "PS384",
            Self::Ps512 => "PS512",
            Self::Es256 => "ES256",
            Self::Es384 => "ES384",
            Self::Es512 => "ES512",
            Self::EdDsa => "EdDSA",
            Self::Ed25519 => "Ed25519",
            Self::None => "none",
            Self::Hs256PublicKey | Self::Hs256PublicKeyDer | Self::Hs256ClientSecret => "HS256",
        }
    }

    /// The curve of a key that is not RSA.
    fn curve(self) -> Option<Curve> {
        match self {
            Self::Es256 => Some(Curve::P256),
            Self::Es384 => Some(Curve::P384),
            Self::Es512 => Some(Curve::P521),
            Self::EdDsa | Self::Ed25519 => Some(Curve::Ed25519),
            _ => None,
        }
    }

    fn uses_attacker_key(self) -> bool {
        matches!(self, Self::UnpublishedKey | Self::EmbeddedKey)
    }
}

struct SigningContext<'a> {
    key: Arc<SigningKey>,
    attacker_key: Option<Arc<SigningKey>>,
    client_secret: &'a str,
    origin: &'a str,
    /// Unix seconds.
    now: i64,
}

/// Signs the claims with the provider's key, after armed patches.
pub async fn issue(
    shared: &SharedState,
    provider: Provider,
    person: &str,
    claims: Map<String, Value>,
    client_secret: &str,
) -> String {
    sign(shared, provider, person, claims, client_secret, |patch| !patch.refreshed).await
}

/// The same for refresh responses.
pub async fn reissue(
    shared: &SharedState,
    provider: Provider,
    person: &str,
    claims: Map<String, Value>,
    client_secret: &str,
) -> String {
    sign(shared, provider, person, claims, client_secret, |_| true).await
}

async fn sign(
    shared: &SharedState,
    provider: Provider,
    person: &str,
    claims: Map<String, Value>,
    client_secret: &str,
    fits: fn(&Patch) -> bool,
) -> String {
    let (patch, key, now) = {
        let mut state = shared.lock();
        let now = state.now();
        let sign = if provider == Provider::Oidc { state.oidc.sign } else { Signing::default() };
        let mock = state.provider(provider);
        let armed = mock.patches.take(Some(person), |armed| fits(&armed.patch));
        let own = claims.get("aud").and_then(Value::as_str).and_then(|client_id| mock.app_keys.get(client_id)).cloned();
        let key = own.unwrap_or_else(|| mock.keys.signing());
        (armed.map_or_else(|| Patch { sign, ..Patch::default() }, |armed| armed.patch), key, now)
    };
    let attacker_key = if patch.sign.uses_attacker_key() { keys::attacker_key().await } else { None };
    mint(claims, &patch, &SigningContext { key, attacker_key, client_secret, origin: shared.origin(), now })
}

/// Signs the claims of another kind of token, changed by this patch.
pub async fn sign_patched(
    shared: &SharedState,
    provider: Provider,
    claims: Map<String, Value>,
    patch: &Patch,
) -> String {
    let (key, now) = {
        let mut state = shared.lock();
        (state.provider(provider).keys.signing(), state.now())
    };
    let attacker_key = if patch.sign.uses_attacker_key() { keys::attacker_key().await } else { None };
    let client_secret = &shared.clients().of(provider).secret;
    mint(claims, patch, &SigningContext { key, attacker_key, client_secret, origin: shared.origin(), now })
}

/// JWS compact serialization (RFC 7515 §7.1).
fn mint(claims: Map<String, Value>, patch: &Patch, with: &SigningContext<'_>) -> String {
    let payload = patched(claims, &patch.claims, &patch.remove, with);
    let header = patched(header(patch.sign, with), &patch.header, &patch.remove_header, with);
    let input = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(payload));
    let signature = signature(patch.sign, input.as_bytes(), with);
    format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature))
}

/// `at_hash` (OpenID Connect Core §3.1.3.6) for a 256-bit algorithm.
pub fn at_hash(access_token: &str) -> String {
    URL_SAFE_NO_PAD.encode(&digest::digest(&digest::SHA256, access_token.as_bytes()).as_ref()[..16])
}

fn patched(
    mut members: Map<String, Value>,
    set: &Map<String, Value>,
    remove: &[String],
    with: &SigningContext<'_>,
) -> String {
    let mut template = Template::new(with.origin, with.now);
    for (name, value) in set {
        template.original = members.get(name).and_then(Value::as_str).map(str::to_owned);
        members.insert(name.clone(), template.fill(value));
    }
    members.retain(|name, _| !remove.contains(name));
    template.print(&Value::Object(members))
}

fn header(sign: Signing, with: &SigningContext<'_>) -> Map<String, Value> {
    let kid = sign.curve().map_or_else(|| with.key.kid.clone(), Curve::kid);
    let mut members = Map::new();
    members.insert("alg".to_owned(), json!(sign.algorithm()));
    members.insert("kid".to_owned(), json!(kid));
    members.insert("typ".to_owned(), json!("JWT"));
    if let (Signing::EmbeddedKey, Some(attacker_key)) = (sign, &with.attacker_key) {
        members.insert("kid".to_owned(), json!(attacker_key.kid));
        members.insert("jwk".to_owned(), attacker_key.jwk());
    }
    members
}

fn signature(sign: Signing, input: &[u8], with: &SigningContext<'_>) -> Vec<u8> {
    let hs256 = |key: &[u8]| hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), input).as_ref().to_vec();
    match sign {
        Signing::Rs256 => with.key.sign(&RSA_PKCS1_SHA256, input),
        Signing::Rs384 => with.key.sign(&RSA_PKCS1_SHA384, input),
        Signing::Rs512 => with.key.sign(&RSA_PKCS1_SHA512, input),
        Signing::Ps256 => with.key.sign(&RSA_PSS_SHA256, input),
        Signing::Ps384 => with.key.sign(&RSA_PSS_SHA384, input),
        Signing::Ps512 => with.key.sign(&RSA_PSS_SHA512, input),
        Signing::Es256 => Curve::P256.sign(input),
        Signing::Es384 => Curve::P384.sign(input),
        Signing::Es512 => Curve::P521.sign(input),
        Signing::EdDsa | Signing::Ed25519 => Curve::Ed25519.sign(input),
        Signing::None => Vec::new(),
        Signing::Hs256PublicKey => hs256(with.key.public_pem().as_bytes()),
        Signing::Hs256PublicKeyDer => hs256(&with.key.public_der()),
        Signing::Hs256ClientSecret => hs256(with.client_secret.as_bytes()),
        Signing::BadSignature => flipped(with.key.sign(&RSA_PKCS1_SHA256, input)),
        Signing::UnpublishedKey | Signing::EmbeddedKey => match &with.attacker_key {
            Some(attacker_key) => attacker_key.sign(&RSA_PKCS1_SHA256, input),
            None => Vec::new(),
        },
    }
}

fn flipped(mut signature: Vec<u8>) -> Vec<u8> {
    if let Some(byte) = signature.last_mut() {
        *byte ^= 1;
    }
    signature
}
