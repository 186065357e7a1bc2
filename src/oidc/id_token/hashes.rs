//! `at_hash` and `c_hash`, which bind the access token and the code to the id_token (Core §3.1.3.6, §3.3.2.11).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::ExposeSecret;
use subtle::ConstantTimeEq;

use super::payload::Checked;
use super::verdict::Presence;
use super::{ExpectedIdToken, IdTokenErrorKind};
use crate::oauth::{AuthorizationCode, JsonDocument};
use crate::oidc::Algorithm;

pub(super) fn check_access_token_hash(
    claims: &JsonDocument,
    alg: Algorithm,
    expected: &ExpectedIdToken<'_>,
) -> Checked {
    let token = expected.access_token.map(|token| token.expose_secret());
    check_hash(claims, "at_hash", token, alg, IdTokenErrorKind::WrongAccessTokenHash)
}

pub(super) fn check_code_hash(claims: &JsonDocument, alg: Algorithm, expected: &ExpectedIdToken<'_>) -> Checked {
    let code = expected.code.map(AuthorizationCode::expose);
    check_hash(claims, "c_hash", code, alg, IdTokenErrorKind::WrongCodeHash)
}

/// Compares the claim with the left half of the hash of `hashed`. The claim is optional in the code flow; without
/// `hashed` there is nothing to compare.
fn check_hash(
    claims: &JsonDocument,
    claim: &'static str,
    hashed: Option<&str>,
    alg: Algorithm,
    mismatch: IdTokenErrorKind,
) -> Checked {
    let Some(hashed) = hashed else { return Ok(Presence::Absent) };
    let Some(claimed) = claims.optional_str(claim)? else { return Ok(Presence::Absent) };
    let digest = alg.hash(hashed.as_bytes());
    let (left_half, _) = digest.as_ref().split_at(digest.as_ref().len() / 2);
    let actual = URL_SAFE_NO_PAD.encode(left_half);
    match bool::from(actual.as_bytes().ct_eq(claimed.as_bytes())) {
        true => Ok(Presence::Checked),
        false => Err(mismatch),
    }
}
