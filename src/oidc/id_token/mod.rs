//! The id_token: OpenID Connect Core §2 and §3.1.3.7, RFC 7519, RFC 8725.
//!
//! Order of the checks: shape, header, key, signature, and only then a look at the claims. Each check leaves
//! a [`ClaimVerdict`]; the first refusal ends the verification.

mod claims;
mod error;
mod hashes;
mod header;
mod payload;
mod times;
mod verdict;

#[cfg(test)]
mod tests;

pub use claims::Claims;
pub use error::{IdTokenError, IdTokenErrorKind};
use secrecy::SecretString;
use serde_json::Value;
pub use times::LEEWAY_SECONDS;
use verdict::Verdicts;
pub use verdict::{Check, ClaimVerdict, Verdict};

use super::{Algorithm, JwkSet};
use crate::oauth::{AuthorizationCode, JsonDocument, Nonce};

/// Longest id_token that we read, in bytes. Google's have about 1 KB, Entra's with groups up to 10.
const MAX_TOKEN_BYTES: usize = 16 * 1024;

/// What we expect of an id_token.
#[derive(Clone, Copy, Debug)]
pub struct ExpectedIdToken<'a> {
    /// The values of `iss` that name this provider. One, except for Google, which also signs without
    /// `https://`.
    pub issuers: &'a [&'a str],
    /// Our `client_id`s there: the one that asked, or all that may have asked where a front end did.
    pub client_ids: &'a [&'a str],
    /// What to expect of `nonce`.
    pub nonce: NonceRule<'a>,
    /// The algorithms that this provider signs with.
    pub algorithms: &'a [Algorithm],
    /// The access token that came along: `at_hash` is checked against it when present.
    pub access_token: Option<&'a SecretString>,
    /// The code that the token was got with: `c_hash` is checked against it when present.
    pub code: Option<&'a AuthorizationCode>,
    /// `max_age` of the authorization request, in seconds: `auth_time` is then required and must be younger.
    pub max_age: Option<u64>,
    /// `acr_values` that were asked for as essential; empty for any.
    pub acr_values: &'a [&'a str],
    /// The current time in seconds since 1970.
    pub now: u64,
}

/// What to expect of `nonce`.
#[derive(Clone, Copy, Debug)]
pub enum NonceRule<'a> {
    /// We sent this one in the authorization request: it must come back (Core §3.1.3.7, 11).
    Equals(&'a Nonce),
    /// We sent none: whoever takes such a token has to stop its replay by other means.
    NotSent,
    /// Nobody sent one on this way, and the token may carry none: one that does was got on another way, where it is tied
    /// to a device that cannot be shown here.
    Foreign,
}

/// Verifies an id_token and gives its claims.
///
/// # Errors
/// [`IdTokenError`] with the verdicts up to the refusal. [`IdTokenErrorKind::UnknownKid`] is worth one fresh
/// fetch of the key set and a second try.
pub fn verify_id_token(token: &str, keys: &JwkSet, expected: &ExpectedIdToken<'_>) -> Result<Claims, IdTokenError> {
    let mut verdicts = Verdicts::default();
    match verify_in_order(token, keys, expected, &mut verdicts) {
        Ok(payload) => Ok(Claims::verified(payload, verdicts.into())),
        Err(sign_in_error) => Err(IdTokenError::new(sign_in_error, verdicts.into())),
    }
}

/// What can be said against an id_token without its keys: everything but its signature. A token that is refused here
/// would be refused in any case, so that nobody's keys need be fetched for it.
///
/// # Errors
/// [`IdTokenError`] as of [`verify_id_token`]. No error says nothing in the token's favour.
pub fn precheck_id_token(token: &str, expected: &ExpectedIdToken<'_>) -> Result<(), IdTokenError> {
    let mut verdicts = Verdicts::default();
    check_unsigned(token, expected, &mut verdicts)
        .map_err(|sign_in_error| IdTokenError::new(sign_in_error, verdicts.into()))
}

/// The claims of a token as they stand there, believed by nobody: to choose, among the issuers that are accepted, the
/// one to expect (Microsoft has one for each tenant). `null` for anything that is no token.
pub fn unverified_claims(token: &str) -> Value {
    split(token).and_then(|parts| payload::read_value(parts.payload)).unwrap_or(Value::Null)
}

fn check_unsigned(
    token: &str,
    expected: &ExpectedIdToken<'_>,
    verdicts: &mut Verdicts,
) -> Result<(), IdTokenErrorKind> {
    let parts = verdicts.record(Check::Shape, split(token))?;
    let header = verdicts.record(Check::Header, header::read(parts.header, expected.algorithms))?;
    let payload = verdicts.record(Check::Payload, payload::read(parts.payload))?;
    payload::check_claims(&payload, header.alg, expected, verdicts)
}

fn verify_in_order(
    token: &str,
    keys: &JwkSet,
    expected: &ExpectedIdToken<'_>,
    verdicts: &mut Verdicts,
) -> Result<JsonDocument, IdTokenErrorKind> {
    let parts = verdicts.record(Check::Shape, split(token))?;
    let header = verdicts.record(Check::Header, header::read(parts.header, expected.algorithms))?;
    let candidates = keys.candidates(header.kid.as_deref(), header.alg).map_err(Into::into);
    let candidates = verdicts.record(Check::Key, candidates)?;
    let genuine = candidates.iter().any(|key| key.verifies(parts.signature, parts.signed.as_bytes(), header.alg));
    let signature = if genuine { Ok(()) } else { Err(IdTokenErrorKind::BadSignature) };
    verdicts.record(Check::Signature, signature)?;
    let payload = verdicts.record(Check::Payload, payload::read(parts.payload))?;
    payload::check_claims(&payload, header.alg, expected, verdicts)?;
    Ok(payload)
}

/// The pieces of a JWS in compact form (RFC 7515 §3.1).
struct Parts<'a> {
    header: &'a str,
    payload: &'a str,
    signature: &'a str,
    /// Header and payload with the dot between them: what was signed.
    signed: &'a str,
}

fn split(token: &str) -> Result<Parts<'_>, IdTokenErrorKind> {
    if token.len() > MAX_TOKEN_BYTES {
        return Err(IdTokenErrorKind::TooLong);
    }
    let (signed, signature) = token.rsplit_once('.').ok_or(IdTokenErrorKind::Malformed)?;
    let (header, payload) = signed.split_once('.').ok_or(IdTokenErrorKind::Malformed)?;
    // Five parts are an encrypted token, no signature is none.
    if payload.contains('.') || signature.is_empty() {
        return Err(IdTokenErrorKind::Malformed);
    }
    Ok(Parts { header, payload, signature, signed })
}
