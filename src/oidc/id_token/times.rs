//! The time claims: `exp`, `iat`, `nbf` (RFC 7519 §4.1) and `auth_time` (Core §2).

use super::payload::Checked;
use super::verdict::Presence;
use super::{ExpectedIdToken, IdTokenErrorKind};
use crate::oauth::JsonDocument;

/// Tolerated clock skew between the provider and this server, in seconds.
pub const LEEWAY_SECONDS: u64 = 60;
/// The end of the year 9999: later times are rejected.
pub(super) const LATEST_TIME: u64 = 253_402_300_799;

pub(super) fn check_expiry(claims: &JsonDocument, expected: &ExpectedIdToken<'_>) -> Checked {
    match expected.now < required_time(claims, "exp")? + LEEWAY_SECONDS {
        true => Ok(Presence::Checked),
        false => Err(IdTokenErrorKind::Expired),
    }
}

pub(super) fn check_issued_at(claims: &JsonDocument, expected: &ExpectedIdToken<'_>) -> Checked {
    let issued_at = required_time(claims, "iat")?;
    let age = expected.now.saturating_sub(issued_at);
    match expected.max_token_age {
        _ if issued_at > latest_now(expected) => Err(IdTokenErrorKind::IssuedInTheFuture),
        Some(max_age) if age > max_age.saturating_add(LEEWAY_SECONDS) => Err(IdTokenErrorKind::IssuedTooLongAgo),
        _ => Ok(Presence::Checked),
    }
}

pub(super) fn check_not_before(claims: &JsonDocument, expected: &ExpectedIdToken<'_>) -> Checked {
    match optional_time(claims, "nbf")? {
        None => Ok(Presence::Absent),
        Some(time) if time <= latest_now(expected) => Ok(Presence::Checked),
        Some(_) => Err(IdTokenErrorKind::NotYetValid),
    }
}

pub(super) fn check_auth_time(claims: &JsonDocument, expected: &ExpectedIdToken<'_>) -> Checked {
    let Some(max_age) = expected.max_age else {
        return Ok(Presence::Absent);
    };
    let auth_time = authentication_time(claims)?;
    let recent = expected.now.saturating_sub(auth_time) <= max_age.saturating_add(LEEWAY_SECONDS);
    match auth_time <= latest_now(expected) && recent {
        true => Ok(Presence::Checked),
        false => Err(IdTokenErrorKind::AuthenticationTooOld),
    }
}

fn latest_now(expected: &ExpectedIdToken<'_>) -> u64 {
    expected.now.saturating_add(LEEWAY_SECONDS)
}

fn required_time(claims: &JsonDocument, claim: &'static str) -> Result<u64, IdTokenErrorKind> {
    optional_time(claims, claim)?.ok_or(IdTokenErrorKind::ClaimMissing(claim))
}

/// `auth_time` in Unix seconds. Some providers send fractions (Canaille), which are cut off, and some send 0 for "unknown".
fn authentication_time(claims: &JsonDocument) -> Result<u64, IdTokenErrorKind> {
    let wrong_type = IdTokenErrorKind::ClaimWrongType("auth_time");
    let time = match claims.read("auth_time")? {
        None => return Err(IdTokenErrorKind::AuthenticationTimeMissing),
        Some(time) => time.as_f64().ok_or(wrong_type)?,
    };
    match time {
        0.0 => Err(IdTokenErrorKind::AuthenticationTimeMissing),
        // Every integer below 2⁵³ is exact.
        time if (0.0..=LATEST_TIME as f64).contains(&time) => Ok(time as u64),
        _ => Err(wrong_type),
    }
}

/// Whole Unix seconds. RFC 7519 allows fractions; no provider sends them here, and parsers round them differently.
fn optional_time(claims: &JsonDocument, claim: &'static str) -> Result<Option<u64>, IdTokenErrorKind> {
    match claims.optional_u64(claim)? {
        Some(time) if time > LATEST_TIME => Err(IdTokenErrorKind::ClaimWrongType(claim)),
        time => Ok(time),
    }
}
