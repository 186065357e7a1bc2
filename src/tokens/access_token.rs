//! The access token: a JWT (RFC 9068) in compact form (RFC 7515 §3.1), signed and verified. Pure: keys and time are
//! arguments.
//!
//! Whoever reads one takes nothing from it but what chooses among our own keys, until the signature was checked; and it is
//! checked by hand, so that no library's default decides what an access token is.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::json;

use super::{
    access_claims::{self, AccessClaims, Expected},
    error::{AccessTokenError, TokensError},
    signing_key::{SigningKey, VerifyingKey},
};
use crate::{oauth::JsonDocument, store::ActiveSession};

/// Longest token that we read, in bytes: a cookie holds no more, and ours have about six hundred.
pub(super) const LONGEST: usize = 4096;

const ALGORITHM: &str = "ES256";
const TYPE: &str = "at+jwt";
/// What brings a key along or says where one is, and what wants extensions understood (RFC 7515 §4.1). We follow none of
/// them; whoever sends one tries what has worked elsewhere.
const NOT_FOLLOWED: [&str; 7] = ["jwk", "jku", "x5u", "x5c", "x5t", "x5t#S256", "crit"];

/// Signs a new token for a session. `id` is its `jti`.
pub(super) fn sign(
    key: &SigningKey,
    session: &ActiveSession,
    id: &str,
    expected: &Expected<'_>,
) -> Result<String, TokensError> {
    let header = json!({"alg": ALGORITHM, "typ": TYPE, "kid": key.kid()}).to_string();
    let claims = access_claims::write(session, id, expected);
    let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
    let signature = key.sign(&signed)?;
    Ok(format!("{signed}.{signature}"))
}

/// A token whose header is one of ours, and no more.
#[derive(Debug)]
pub(super) struct UnverifiedToken<'a> {
    /// Header and claims with the dot between them: what was signed.
    signed: &'a str,
    claims: &'a str,
    signature: &'a str,
    kid: String,
}

impl<'a> UnverifiedToken<'a> {
    /// Reads the header.
    pub(super) fn read(text: &'a str) -> Result<Self, AccessTokenError> {
        if text.len() > LONGEST {
            return Err(AccessTokenError::Malformed);
        }
        let (signed, signature) = text.rsplit_once('.').ok_or(AccessTokenError::Malformed)?;
        let (header, claims) = signed.split_once('.').ok_or(AccessTokenError::Malformed)?;
        // Five parts are an encrypted token, no signature is none.
        if claims.contains('.') || signature.is_empty() {
            return Err(AccessTokenError::Malformed);
        }
        let header = document(header)?;
        is_of_us(&header)?;
        let kid = header.required_str("kid").map_err(|_| AccessTokenError::UnknownKey)?.to_owned();
        Ok(Self { signed, claims, signature, kid })
    }

    /// The key that it says it was signed with.
    pub(super) fn kid(&self) -> &str {
        &self.kid
    }

    /// Its claims, once the signature is this key's and they are what we write.
    pub(super) fn verify(&self, key: &VerifyingKey, expected: &Expected<'_>) -> Result<AccessClaims, AccessTokenError> {
        if !key.verifies(self.signed, self.signature) {
            return Err(AccessTokenError::Signature);
        }
        access_claims::read(&document(self.claims)?, expected)
    }
}

fn is_of_us(header: &JsonDocument) -> Result<(), AccessTokenError> {
    if !matches!(header.optional_str("alg"), Ok(Some(ALGORITHM))) {
        return Err(AccessTokenError::Algorithm);
    }
    match header.optional_str("typ") {
        Ok(Some(typ)) if is_access_token(typ) => {}
        _ => return Err(AccessTokenError::Type),
    }
    match NOT_FOLLOWED.into_iter().find(|name| header.contains(name)) {
        Some(name) => Err(AccessTokenError::Header(name)),
        None => Ok(()),
    }
}

/// A media type: case does not count, and `application/` may be left out (RFC 7515 §4.1.9).
fn is_access_token(typ: &str) -> bool {
    let typ = typ.to_ascii_lowercase();
    typ.strip_prefix("application/").unwrap_or(&typ) == TYPE
}

fn document(part: &str) -> Result<JsonDocument, AccessTokenError> {
    let json = URL_SAFE_NO_PAD.decode(part).map_err(|_| AccessTokenError::Malformed)?;
    JsonDocument::parse(&json).map_err(|_| AccessTokenError::Malformed)
}
