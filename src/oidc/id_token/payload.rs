//! The claims, one check each: OpenID Connect Core §3.1.3.7 and §3.1.3.6.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::ExposeSecret;
use serde_json::Value;
use subtle::ConstantTimeEq;

use super::verdict::{Check, Presence, Verdicts};
use super::{ExpectedIdToken, IdTokenRefusal, NonceRule};
use crate::oauth::{AuthorizationCode, JsonDocument};
use crate::oidc::Algorithm;

/// How far the provider's clock may be from ours, in seconds.
pub const LEEWAY_SECONDS: u64 = 60;
/// The end of the year 9999: a time beyond it is no time.
const LATEST_TIME: u64 = 253_402_300_799;
/// Longest `sub` (Core §2), in bytes.
const MAX_SUB_BYTES: usize = 255;

type Checked = Result<Presence, IdTokenRefusal>;

pub(super) fn read(part: &str) -> Result<JsonDocument, IdTokenRefusal> {
    let json = URL_SAFE_NO_PAD
        .decode(part)
        .map_err(|_| IdTokenRefusal::Malformed)?;
    JsonDocument::parse(&json).map_err(|_| IdTokenRefusal::Malformed)
}

/// All claims in a fixed order, up to the first that is refused.
pub(super) fn check_claims(
    claims: &JsonDocument,
    alg: Algorithm,
    expected: &ExpectedIdToken<'_>,
    verdicts: &mut Verdicts,
) -> Result<(), IdTokenRefusal> {
    verdicts.record_claim(Check::Kind, check_kind(claims))?;
    verdicts.record_claim(Check::Issuer, check_issuer(claims, expected))?;
    verdicts.record_claim(Check::Audience, check_audience(claims, expected))?;
    verdicts.record_claim(
        Check::AuthorizedParty,
        check_authorized_party(claims, expected),
    )?;
    verdicts.record_claim(Check::Expiry, check_expiry(claims, expected))?;
    verdicts.record_claim(Check::IssuedAt, check_issued_at(claims, expected))?;
    verdicts.record_claim(Check::NotBefore, check_not_before(claims, expected))?;
    verdicts.record_claim(Check::Nonce, check_nonce(claims, expected))?;
    verdicts.record_claim(
        Check::AccessTokenHash,
        check_access_token_hash(claims, alg, expected),
    )?;
    verdicts.record_claim(Check::CodeHash, check_code_hash(claims, alg, expected))?;
    verdicts.record_claim(Check::Subject, check_subject(claims))?;
    verdicts.record_claim(Check::AuthTime, check_auth_time(claims, expected))?;
    verdicts.record_claim(Check::Acr, check_acr(claims, expected))
}

/// `events` makes it a logout token or a security event (Back-Channel Logout §2.4, RFC 8417).
fn check_kind(claims: &JsonDocument) -> Checked {
    match claims.contains("events") {
        true => Err(IdTokenRefusal::NotAnIdToken),
        false => Ok(Presence::Checked),
    }
}

fn check_issuer(claims: &JsonDocument, expected: &ExpectedIdToken<'_>) -> Checked {
    match expected.issuers.contains(&claims.required_str("iss")?) {
        true => Ok(Presence::Checked),
        false => Err(IdTokenRefusal::WrongIssuer),
    }
}

/// We must be in `aud`. Others beside us are tolerated only where `azp` says that the token was made for us:
/// otherwise another client of the provider could hand us a token that its own users gave to it.
fn check_audience(claims: &JsonDocument, expected: &ExpectedIdToken<'_>) -> Checked {
    let audiences = match claims.get("aud") {
        Some(Value::String(audience)) => vec![audience.as_str()],
        None => return Err(IdTokenRefusal::ClaimMissing("aud")),
        Some(_) => claims.optional_strs("aud")?.unwrap_or_default(),
    };
    if !audiences.contains(&expected.client_id) {
        return Err(IdTokenRefusal::WrongAudience);
    }
    let others = audiences
        .iter()
        .any(|audience| *audience != expected.client_id);
    match others && !claims.contains("azp") {
        true => Err(IdTokenRefusal::WrongAudience),
        false => Ok(Presence::Checked),
    }
}

fn check_authorized_party(claims: &JsonDocument, expected: &ExpectedIdToken<'_>) -> Checked {
    match claims.optional_str("azp")? {
        None => Ok(Presence::Absent),
        Some(azp) if azp == expected.client_id => Ok(Presence::Checked),
        Some(_) => Err(IdTokenRefusal::WrongAuthorizedParty),
    }
}

fn check_expiry(claims: &JsonDocument, expected: &ExpectedIdToken<'_>) -> Checked {
    match expected.now < required_time(claims, "exp")? + LEEWAY_SECONDS {
        true => Ok(Presence::Checked),
        false => Err(IdTokenRefusal::Expired),
    }
}

fn check_issued_at(claims: &JsonDocument, expected: &ExpectedIdToken<'_>) -> Checked {
    match required_time(claims, "iat")? <= latest_now(expected) {
        true => Ok(Presence::Checked),
        false => Err(IdTokenRefusal::IssuedInTheFuture),
    }
}

fn check_not_before(claims: &JsonDocument, expected: &ExpectedIdToken<'_>) -> Checked {
    match optional_time(claims, "nbf")? {
        None => Ok(Presence::Absent),
        Some(time) if time <= latest_now(expected) => Ok(Presence::Checked),
        Some(_) => Err(IdTokenRefusal::NotYetValid),
    }
}

fn check_nonce(claims: &JsonDocument, expected: &ExpectedIdToken<'_>) -> Checked {
    match expected.nonce {
        NonceRule::Equals(nonce) if nonce.matches(claims.required_str("nonce")?) => {
            Ok(Presence::Checked)
        }
        NonceRule::Equals(_) => Err(IdTokenRefusal::WrongNonce),
        NonceRule::NotSent => claims
            .optional_str("nonce")
            .map(|_| Presence::Absent)
            .map_err(Into::into),
    }
}

fn check_access_token_hash(
    claims: &JsonDocument,
    alg: Algorithm,
    expected: &ExpectedIdToken<'_>,
) -> Checked {
    let token = expected.access_token.map(|token| token.expose_secret());
    check_hash(
        claims,
        "at_hash",
        token,
        alg,
        IdTokenRefusal::WrongAccessTokenHash,
    )
}

fn check_code_hash(
    claims: &JsonDocument,
    alg: Algorithm,
    expected: &ExpectedIdToken<'_>,
) -> Checked {
    let code = expected.code.map(AuthorizationCode::expose);
    check_hash(claims, "c_hash", code, alg, IdTokenRefusal::WrongCodeHash)
}

/// The left half of the hash of what came along (Core §3.1.3.6, §3.3.2.11). Absent is fine in the code flow,
/// and without the thing itself there is nothing to compare.
fn check_hash(
    claims: &JsonDocument,
    claim: &'static str,
    hashed: Option<&str>,
    alg: Algorithm,
    refusal: IdTokenRefusal,
) -> Checked {
    let (Some(claimed), Some(hashed)) = (claims.optional_str(claim)?, hashed) else {
        return Ok(Presence::Absent);
    };
    let digest = alg.hash(hashed.as_bytes());
    let (left_half, _) = digest.as_ref().split_at(digest.as_ref().len() / 2);
    let actual = URL_SAFE_NO_PAD.encode(left_half);
    match bool::from(actual.as_bytes().ct_eq(claimed.as_bytes())) {
        true => Ok(Presence::Checked),
        false => Err(refusal),
    }
}

/// Half of the key of an identity: not empty, so that two persons without one are not the same person.
fn check_subject(claims: &JsonDocument) -> Checked {
    let sub = claims.required_str("sub")?;
    let printable = sub.bytes().all(|byte| (0x20..=0x7e).contains(&byte));
    match (1..=MAX_SUB_BYTES).contains(&sub.len()) && printable {
        true => Ok(Presence::Checked),
        false => Err(IdTokenRefusal::UnusableSubject),
    }
}

fn check_auth_time(claims: &JsonDocument, expected: &ExpectedIdToken<'_>) -> Checked {
    let Some(max_age) = expected.max_age else {
        return optional_time(claims, "auth_time").map(|_| Presence::Absent);
    };
    let auth_time = required_time(claims, "auth_time")?;
    let young_enough =
        expected.now.saturating_sub(auth_time) <= max_age.saturating_add(LEEWAY_SECONDS);
    match auth_time <= latest_now(expected) && young_enough {
        true => Ok(Presence::Checked),
        false => Err(IdTokenRefusal::AuthenticationTooOld),
    }
}

fn check_acr(claims: &JsonDocument, expected: &ExpectedIdToken<'_>) -> Checked {
    if expected.acr_values.is_empty() {
        return Ok(Presence::Absent);
    }
    match expected.acr_values.contains(&claims.required_str("acr")?) {
        true => Ok(Presence::Checked),
        false => Err(IdTokenRefusal::WrongAuthenticationContext),
    }
}

fn latest_now(expected: &ExpectedIdToken<'_>) -> u64 {
    expected.now.saturating_add(LEEWAY_SECONDS)
}

fn required_time(claims: &JsonDocument, claim: &'static str) -> Result<u64, IdTokenRefusal> {
    optional_time(claims, claim)?.ok_or(IdTokenRefusal::ClaimMissing(claim))
}

/// Whole seconds since 1970. RFC 7519 would allow fractions; no provider sends them, and a number that two
/// readers round differently has no place in a check.
fn optional_time(
    claims: &JsonDocument,
    claim: &'static str,
) -> Result<Option<u64>, IdTokenRefusal> {
    match claims.optional_u64(claim)? {
        Some(time) if time > LATEST_TIME => Err(IdTokenRefusal::ClaimWrongType(claim)),
        time => Ok(time),
    }
}
