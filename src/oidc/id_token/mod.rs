//! The id_token: OpenID Connect Core §2 and §3.1.3.7, RFC 7519, RFC 8725.
//!
//! Order of the checks: shape, header, key, signature, and only then the claims. Each check records a [`ClaimVerdict`];
//! the first failure ends the verification.

mod authentication;
mod claims;
mod error;
mod hashes;
mod header;
mod payload;
mod times;
mod verdict;

#[cfg(test)]
mod tests;

pub use authentication::AuthenticationClaims;
pub use claims::Claims;
pub use error::{IdTokenError, IdTokenErrorKind};
use secrecy::SecretString;
use serde_json::Value;
pub use times::LEEWAY_SECONDS;
use verdict::Verdicts;
pub use verdict::{Check, ClaimVerdict, Verdict};

use super::{Algorithm, JwkSet};
use crate::oauth::{AuthorizationCode, JsonDocument, Nonce};

/// `typ` of an id_token.
const ID_TOKEN_TYPES: &[&str] = &["JWT"];
/// Longest accepted id_token, in bytes. Google's have about 1 KB, Entra's with groups up to 10 KB.
const MAX_TOKEN_BYTES: usize = 16 * 1024;

/// What an id_token must match to be accepted.
#[derive(Clone, Copy, Debug)]
pub struct ExpectedIdToken<'a> {
    /// The accepted values of `iss`. One, except for Google, which also omits `https://`.
    pub issuers: &'a [&'a str],
    /// The accepted `client_id`s: that of the request, or all configured ones for a token that a front end obtained.
    pub client_ids: &'a [&'a str],
    /// The rule for `nonce`.
    pub nonce: NonceRule<'a>,
    /// The algorithms that this provider uses.
    pub algorithms: &'a [Algorithm],
    /// The access token of the same response, compared with `at_hash` if present.
    pub access_token: Option<&'a SecretString>,
    /// The code that was exchanged, compared with `c_hash` if present.
    pub code: Option<&'a AuthorizationCode>,
    /// `max_age` of the authorization request, in seconds: `auth_time` is then required and may not be older.
    pub max_age: Option<u64>,
    /// The longest time since the token was issued (`iat`), in seconds; any if `None`.
    pub max_token_age: Option<u64>,
    /// The `acr` values requested as essential; empty accepts any.
    pub acr_values: &'a [&'a str],
    /// The claims that the caller reads from the verified token: none of them may be repeated.
    pub profile_claims: &'a [&'static str],
    /// The current time in Unix seconds.
    pub now: u64,
}

/// The rule for `nonce`.
#[derive(Clone, Copy, Debug)]
pub enum NonceRule<'a> {
    /// The authorization request had this nonce: the token must have it too (Core §3.1.3.7, 11).
    Equals(&'a Nonce),
    /// The request had no nonce; the claim is not compared. The caller has to prevent replay by other means.
    NotSent,
    /// No request of this kind has a nonce: a token with one was obtained by another flow, which binds it to a device
    /// that cannot be checked here, and is rejected.
    Forbidden,
}

/// Verifies an id_token and returns its claims.
///
/// # Errors
/// [`IdTokenError`] with the checks up to the failed one. After [`IdTokenErrorKind::UnknownKid`], fetch the key set
/// again and verify once more.
pub fn verify_id_token(token: &str, keys: &JwkSet, expected: &ExpectedIdToken<'_>) -> Result<Claims, IdTokenError> {
    let mut verdicts = Verdicts::default();
    match verify_in_order(token, keys, expected, &mut verdicts) {
        Ok(payload) => Ok(Claims::verified(payload, verdicts.into())),
        Err(kind) => Err(IdTokenError::new(kind, verdicts.into())),
    }
}

/// Checks everything but the signature, without keys. A token that fails here would fail [`verify_id_token`] too, so
/// the keys need not be fetched for it.
///
/// # Errors
/// As [`verify_id_token`]. `Ok` does not make the token trustworthy.
pub fn precheck_id_token(token: &str, expected: &ExpectedIdToken<'_>) -> Result<(), IdTokenError> {
    let mut verdicts = Verdicts::default();
    check_unsigned(token, expected, &mut verdicts).map_err(|kind| IdTokenError::new(kind, verdicts.into()))
}

/// The unverified claims of a token, to select the expected issuer among the accepted ones (Microsoft has one per
/// tenant). `null` for anything malformed; without repeated claims.
pub fn unverified_claims(token: &str) -> Value {
    let claims = split(token).and_then(|parts| payload::read(parts.payload));
    claims.map_or(Value::Null, |claims| claims.to_value())
}

fn check_unsigned(
    token: &str,
    expected: &ExpectedIdToken<'_>,
    verdicts: &mut Verdicts,
) -> Result<(), IdTokenErrorKind> {
    let parts = verdicts.record(Check::Shape, split(token))?;
    let header = verdicts.record(Check::Header, header::read(parts.header, expected.algorithms, ID_TOKEN_TYPES))?;
    let payload = verdicts.record(Check::Payload, payload::read_once(parts.payload, expected.profile_claims))?;
    payload::check_claims(&payload, header.alg, expected, verdicts)
}

fn verify_in_order(
    token: &str,
    keys: &JwkSet,
    expected: &ExpectedIdToken<'_>,
    verdicts: &mut Verdicts,
) -> Result<JsonDocument, IdTokenErrorKind> {
    let parts = verdicts.record(Check::Shape, split(token))?;
    let header = verdicts.record(Check::Header, header::read(parts.header, expected.algorithms, ID_TOKEN_TYPES))?;
    let candidates = keys.candidates(header.kid.as_deref(), header.alg).map_err(Into::into);
    let candidates = verdicts.record(Check::Key, candidates)?;
    let verified = candidates.iter().any(|key| key.verifies(parts.signature, parts.signed.as_bytes(), header.alg));
    let signature = if verified { Ok(()) } else { Err(IdTokenErrorKind::BadSignature) };
    verdicts.record(Check::Signature, signature)?;
    let payload = verdicts.record(Check::Payload, payload::read_once(parts.payload, expected.profile_claims))?;
    payload::check_claims(&payload, header.alg, expected, verdicts)?;
    Ok(payload)
}

/// The payload of another kind of JWT, with the same checks of shape, header and, with `keys`, signature. `types`: its `typ`,
/// where it has one.
pub(in crate::oidc) fn read_jwt(
    token: &str,
    keys: Option<&JwkSet>,
    algorithms: &[Algorithm],
    types: &[&str],
) -> Result<JsonDocument, IdTokenErrorKind> {
    let parts = split(token)?;
    let header = header::read(parts.header, algorithms, types)?;
    if let Some(keys) = keys {
        let candidates = keys.candidates(header.kid.as_deref(), header.alg)?;
        if !candidates.iter().any(|key| key.verifies(parts.signature, parts.signed.as_bytes(), header.alg)) {
            return Err(IdTokenErrorKind::BadSignature);
        }
    }
    payload::read(parts.payload)
}

/// The parts of a JWS in compact serialization (RFC 7515 §3.1).
struct Parts<'a> {
    header: &'a str,
    payload: &'a str,
    signature: &'a str,
    /// Header, dot and payload: the signing input.
    signed: &'a str,
}

fn split(token: &str) -> Result<Parts<'_>, IdTokenErrorKind> {
    if token.len() > MAX_TOKEN_BYTES {
        return Err(IdTokenErrorKind::TooLong);
    }
    let (signed, signature) = token.rsplit_once('.').ok_or(IdTokenErrorKind::Malformed)?;
    let (header, payload) = signed.split_once('.').ok_or(IdTokenErrorKind::Malformed)?;
    // Five parts: a JWE. An empty signature: an unsecured JWS.
    if payload.contains('.') || signature.is_empty() {
        return Err(IdTokenErrorKind::Malformed);
    }
    Ok(Parts { header, payload, signature, signed })
}
