//! The access token: a JWT (RFC 9068) in compact serialization (RFC 7515 §3.1), signed and verified. Pure: keys and
//! time are arguments.
//!
//! Before the signature is verified, only `kid` is used, to select one of the application's keys. The verification is
//! written out here, so that no library default decides what an access token is.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::json;

use super::{
    access_claims::{self, AccessClaims, Expected},
    error::{AccessTokenError, TokensError},
    signing_key::{SigningKey, VerifyingKey},
};
use crate::{oauth::JsonDocument, store::ActiveSession};

/// Longest accepted token, in bytes: the limit of a cookie. Issued ones have about 600.
pub(super) const MAX_TOKEN_BYTES: usize = 4096;

const ALGORITHM: &str = "ES256";
const TYPE: &str = "at+jwt";
/// Header parameters that supply a key or require extensions (RFC 7515 §4.1). Issued tokens never have them.
const FORBIDDEN_PARAMETERS: [&str; 7] = ["jwk", "jku", "x5u", "x5c", "x5t", "x5t#S256", "crit"];

/// Issues a token for a session. `id` is its `jti`.
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

/// A token whose header was checked, and nothing else.
#[derive(Debug)]
pub(super) struct UnverifiedToken<'a> {
    /// Header, dot and claims: the signing input.
    signed: &'a str,
    claims: &'a str,
    signature: &'a str,
    kid: String,
}

impl<'a> UnverifiedToken<'a> {
    /// Parses a token and checks its header.
    pub(super) fn read(text: &'a str) -> Result<Self, AccessTokenError> {
        if text.len() > MAX_TOKEN_BYTES {
            return Err(AccessTokenError::Malformed);
        }
        let (signed, signature) = text.rsplit_once('.').ok_or(AccessTokenError::Malformed)?;
        let (header, claims) = signed.split_once('.').ok_or(AccessTokenError::Malformed)?;
        // Five parts: a JWE. An empty signature: an unsecured JWS.
        if claims.contains('.') || signature.is_empty() {
            return Err(AccessTokenError::Malformed);
        }
        let header = document(header)?;
        check_header(&header)?;
        let kid = header.required_str("kid").map_err(|_| AccessTokenError::UnknownKey)?.to_owned();
        Ok(Self { signed, claims, signature, kid })
    }

    /// Whether `iss`, unverified, is this issuer.
    pub(super) fn names_issuer(&self, issuer: &str) -> bool {
        document(self.claims)
            .is_ok_and(|claims| matches!(claims.optional_str("iss"), Ok(Some(named)) if named == issuer))
    }

    /// `kid`, unverified.
    pub(super) fn kid(&self) -> &str {
        &self.kid
    }

    /// Verifies the signature and the claims.
    pub(super) fn verify(&self, key: &VerifyingKey, expected: &Expected<'_>) -> Result<AccessClaims, AccessTokenError> {
        if !key.verifies(self.signed, self.signature) {
            return Err(AccessTokenError::Signature);
        }
        access_claims::read(&document(self.claims)?, expected)
    }
}

fn check_header(header: &JsonDocument) -> Result<(), AccessTokenError> {
    if !matches!(header.optional_str("alg"), Ok(Some(ALGORITHM))) {
        return Err(AccessTokenError::Algorithm);
    }
    match header.optional_str("typ") {
        Ok(Some(typ)) if is_access_token_type(typ) => {}
        _ => return Err(AccessTokenError::Type),
    }
    match FORBIDDEN_PARAMETERS.into_iter().find(|name| header.contains(name)) {
        Some(name) => Err(AccessTokenError::Header(name)),
        None => Ok(()),
    }
}

/// Compares media types: case-insensitive, with optional `application/` (RFC 7515 §4.1.9).
fn is_access_token_type(typ: &str) -> bool {
    let typ = typ.to_ascii_lowercase();
    typ.strip_prefix("application/").unwrap_or(&typ) == TYPE
}

fn document(part: &str) -> Result<JsonDocument, AccessTokenError> {
    let json = URL_SAFE_NO_PAD.decode(part).map_err(|_| AccessTokenError::Malformed)?;
    JsonDocument::parse(&json).map_err(|_| AccessTokenError::Malformed)
}
