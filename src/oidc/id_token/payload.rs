//! One check per claim: OpenID Connect Core §3.1.3.7 and §3.1.3.6.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use super::hashes::{check_access_token_hash, check_code_hash};
use super::times::{check_auth_time, check_expiry, check_issued_at, check_not_before};
use super::verdict::{Check, Presence, Verdicts};
use super::{ExpectedIdToken, IdTokenErrorKind, NonceRule};
use crate::oauth::JsonDocument;
use crate::oidc::Algorithm;

/// Longest `sub`, in bytes (Core §2).
const MAX_SUB_BYTES: usize = 255;

pub(super) type Checked = Result<Presence, IdTokenErrorKind>;

pub(super) fn read(part: &str) -> Result<JsonDocument, IdTokenErrorKind> {
    let json = URL_SAFE_NO_PAD.decode(part).map_err(|_| IdTokenErrorKind::Malformed)?;
    JsonDocument::parse_received(&json).map_err(|_| IdTokenErrorKind::Malformed)
}

/// The payload, in which none of these claims is repeated. The checks find out about their own claims.
pub(super) fn read_once(part: &str, profile_claims: &[&'static str]) -> Result<JsonDocument, IdTokenErrorKind> {
    let payload = read(part)?;
    payload.check_once(profile_claims)?;
    Ok(payload)
}

/// Checks all claims in a fixed order, up to the first failure.
pub(super) fn check_claims(
    claims: &JsonDocument,
    alg: Algorithm,
    expected: &ExpectedIdToken<'_>,
    verdicts: &mut Verdicts,
) -> Result<(), IdTokenErrorKind> {
    verdicts.record_claim(Check::Kind, check_kind(claims))?;
    verdicts.record_claim(Check::Issuer, check_issuer(claims, expected))?;
    verdicts.record_claim(Check::Audience, check_audience(claims, expected))?;
    verdicts.record_claim(Check::AuthorizedParty, check_authorized_party(claims, expected))?;
    verdicts.record_claim(Check::Expiry, check_expiry(claims, expected))?;
    verdicts.record_claim(Check::IssuedAt, check_issued_at(claims, expected))?;
    verdicts.record_claim(Check::NotBefore, check_not_before(claims, expected))?;
    verdicts.record_claim(Check::Nonce, check_nonce(claims, expected))?;
    verdicts.record_claim(Check::AccessTokenHash, check_access_token_hash(claims, alg, expected))?;
    verdicts.record_claim(Check::CodeHash, check_code_hash(claims, alg, expected))?;
    verdicts.record_claim(Check::Subject, check_subject(claims))?;
    verdicts.record_claim(Check::AuthTime, check_auth_time(claims, expected))?;
    verdicts.record_claim(Check::Acr, check_acr(claims, expected))
}

/// A token with `events` is a logout token or a security event token (Back-Channel Logout §2.4, RFC 8417).
fn check_kind(claims: &JsonDocument) -> Checked {
    match claims.contains("events") {
        true => Err(IdTokenErrorKind::NotAnIdToken),
        false => Ok(Presence::Checked),
    }
}

fn check_issuer(claims: &JsonDocument, expected: &ExpectedIdToken<'_>) -> Checked {
    match expected.issuers.contains(&claims.required_str("iss")?) {
        true => Ok(Presence::Checked),
        false => Err(IdTokenErrorKind::WrongIssuer),
    }
}

/// `aud` must have an expected client. Further audiences are allowed only with an `azp`, which must be an expected
/// client: otherwise another client of the provider could replay its users' tokens here.
fn check_audience(claims: &JsonDocument, expected: &ExpectedIdToken<'_>) -> Checked {
    let audiences = match claims.read("aud")? {
        Some(Value::String(audience)) => vec![audience.as_str()],
        None => return Err(IdTokenErrorKind::ClaimMissing("aud")),
        Some(_) => claims.optional_strs("aud")?.unwrap_or_default(),
    };
    let is_expected = |audience: &&str| expected.client_ids.contains(audience);
    if !audiences.iter().any(is_expected) {
        return Err(IdTokenErrorKind::WrongAudience);
    }
    let has_others = !audiences.iter().all(is_expected);
    match has_others && !claims.contains("azp") {
        true => Err(IdTokenErrorKind::WrongAudience),
        false => Ok(Presence::Checked),
    }
}

fn check_authorized_party(claims: &JsonDocument, expected: &ExpectedIdToken<'_>) -> Checked {
    match claims.optional_str("azp")? {
        None => Ok(Presence::Absent),
        Some(azp) if expected.client_ids.contains(&azp) => Ok(Presence::Checked),
        Some(_) => Err(IdTokenErrorKind::WrongAuthorizedParty),
    }
}

fn check_nonce(claims: &JsonDocument, expected: &ExpectedIdToken<'_>) -> Checked {
    match expected.nonce {
        NonceRule::Equals(nonce) if nonce.matches(claims.required_str("nonce")?) => Ok(Presence::Checked),
        NonceRule::Equals(_) => Err(IdTokenErrorKind::WrongNonce),
        NonceRule::Forbidden if claims.contains("nonce") => Err(IdTokenErrorKind::WrongNonce),
        NonceRule::NotSent | NonceRule::Forbidden => Ok(Presence::Absent),
    }
}

/// `sub` is half of an identity's key: an empty one would make different users equal.
fn check_subject(claims: &JsonDocument) -> Checked {
    let sub = claims.required_str("sub")?;
    let printable = sub.bytes().all(|byte| (0x20..=0x7e).contains(&byte));
    match (1..=MAX_SUB_BYTES).contains(&sub.len()) && printable {
        true => Ok(Presence::Checked),
        false => Err(IdTokenErrorKind::UnusableSubject),
    }
}

fn check_acr(claims: &JsonDocument, expected: &ExpectedIdToken<'_>) -> Checked {
    if expected.acr_values.is_empty() {
        return Ok(Presence::Absent);
    }
    match expected.acr_values.contains(&claims.required_str("acr")?) {
        true => Ok(Presence::Checked),
        false => Err(IdTokenErrorKind::WrongAuthenticationContext),
    }
}
