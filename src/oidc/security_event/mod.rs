//! Messages of a provider to this server: logout tokens (OpenID Connect Back-Channel Logout 1.0), security event tokens
//! (RFC 8417) as RISC, CAEP and Google's Cross-Account Protection use them, and Apple's notifications, which are alike but
//! for their `events`, a text with JSON in it.
//!
//! No such token has a `nonce`, and no id_token has `events`: neither passes for the other.

mod error;
mod kind;
mod subject;
#[cfg(test)]
mod tests;

pub use error::SecurityEventError;
use kind::LOGOUT;
pub use kind::SecurityEventKind;
use serde_json::{Map, Value};

use super::id_token::read_jwt;
use super::{Algorithm, JwkSet, LEEWAY_SECONDS, unverified_claims};
use crate::oauth::{DocumentError, JsonDocument, parse_received_json};

/// Longest `jti`, in bytes.
const MAX_ID_BYTES: usize = 512;
/// Most events of one token. Real ones have one.
const MAX_EVENTS: usize = 8;
/// Oldest `iat` of a logout token, in seconds: the provider sends it when the user signs out (§2.6 asks for a short time).
const MAX_LOGOUT_AGE: u64 = 10 * 60;
/// Oldest `iat` of another event, in seconds: transmitters try again for days (RFC 8935 §2).
const MAX_AGE: u64 = 7 * 24 * 3600;

/// What a token must match.
#[derive(Clone, Copy, Debug)]
pub struct ExpectedSecurityEvent<'a> {
    /// The accepted values of `iss`, compared without a slash at the end: Google's has one here and none in id_tokens.
    pub issuers: &'a [&'a str],
    /// Our clients at the provider, one of which must be in `aud`.
    pub client_ids: &'a [&'a str],
    /// The algorithms of the provider.
    pub algorithms: &'a [Algorithm],
    /// The current time in Unix seconds.
    pub now: u64,
}

/// A verified message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecurityEvent {
    /// `jti`: unique for the issuer.
    pub id: String,
    /// `iss`, as in the token.
    pub issuer: String,
    /// Unix seconds after which the token is too old, and its `jti` need not be remembered.
    pub replayable_until: u64,
    /// The user, as `sub` of their id_tokens.
    pub subject: Option<String>,
    /// `sid` of the session's id_token.
    pub session: Option<String>,
    /// The known kinds; none if all are unknown.
    pub kinds: Vec<SecurityEventKind>,
}

/// Verifies a message and returns it.
///
/// # Errors
/// [`SecurityEventError`]. After [`SecurityEventError::is_unknown_kid`], fetch the key set again and verify once more.
pub fn verify_security_event(
    token: &str,
    keys: &JwkSet,
    expected: &ExpectedSecurityEvent<'_>,
) -> Result<SecurityEvent, SecurityEventError> {
    read(token, Some(keys), expected)
}

/// Checks everything but the signature, without keys: they need not be fetched for what fails here.
///
/// # Errors
/// As [`verify_security_event`].
pub fn precheck_security_event(token: &str, expected: &ExpectedSecurityEvent<'_>) -> Result<(), SecurityEventError> {
    read(token, None, expected).map(drop)
}

fn read(
    token: &str,
    keys: Option<&JwkSet>,
    expected: &ExpectedSecurityEvent<'_>,
) -> Result<SecurityEvent, SecurityEventError> {
    // By the same payload as below: only the type is still open.
    let is_logout = unverified_claims(token).get("events").is_some_and(|events| events.get(LOGOUT).is_some());
    let own_type = if is_logout { "logout+jwt" } else { "secevent+jwt" };
    let claims = read_jwt(token, keys, expected.algorithms, &["JWT", own_type])?;
    claims.check_once(&["events", "sub", "sub_id"])?;
    if claims.contains("nonce") {
        return Err(SecurityEventError::Nonce);
    }
    let issuer = claims.required_str("iss")?;
    if !is_issuer(issuer, expected) {
        return Err(SecurityEventError::WrongIssuer);
    }
    check_audience(&claims, expected)?;
    let max_age = if is_logout { MAX_LOGOUT_AGE } else { MAX_AGE };
    let replayable_until = check_times(&claims, max_age, expected.now)?;
    let id = claims.required_str("jti")?;
    if id.is_empty() || id.len() > MAX_ID_BYTES {
        return Err(DocumentError::WrongType("jti").into());
    }
    let events = events(&claims)?;
    let subject = subject::of(&claims, &events, |issuer| is_issuer(issuer, expected))?;
    let session = claims.optional_str("sid")?.map(str::to_owned);
    if is_logout && subject.is_none() && session.is_none() {
        return Err(DocumentError::Missing("sub").into());
    }
    let kinds = events.iter().filter_map(|(name, claims)| SecurityEventKind::of(name, claims)).collect();
    Ok(SecurityEvent { id: id.to_owned(), issuer: issuer.to_owned(), replayable_until, subject, session, kinds })
}

fn is_issuer(issuer: &str, expected: &ExpectedSecurityEvent<'_>) -> bool {
    let bare = |issuer: &str| issuer.strip_suffix('/').unwrap_or(issuer).to_owned();
    expected.issuers.iter().any(|known| bare(known) == bare(issuer))
}

fn check_audience(claims: &JsonDocument, expected: &ExpectedSecurityEvent<'_>) -> Result<(), SecurityEventError> {
    let audiences = match claims.read("aud")? {
        Some(Value::String(audience)) => vec![audience.as_str()],
        None => return Err(DocumentError::Missing("aud").into()),
        Some(_) => claims.optional_strs("aud")?.unwrap_or_default(),
    };
    match audiences.iter().any(|audience| expected.client_ids.contains(audience)) {
        true => Ok(()),
        false => Err(SecurityEventError::WrongAudience),
    }
}

/// Returns when the token is too old.
fn check_times(claims: &JsonDocument, max_age: u64, now: u64) -> Result<u64, SecurityEventError> {
    let issued_at = claims.optional_u64("iat")?.ok_or(DocumentError::Missing("iat"))?;
    if issued_at > now.saturating_add(LEEWAY_SECONDS) {
        return Err(SecurityEventError::IssuedInTheFuture);
    }
    let too_old = issued_at.saturating_add(max_age).saturating_add(LEEWAY_SECONDS);
    // Logout tokens have it; others should not (RFC 8417 §2.2).
    let expiry = claims.optional_u64("exp")?.map(|expiry| expiry.saturating_add(LEEWAY_SECONDS));
    match now < expiry.unwrap_or(too_old) && now < too_old {
        true => Ok(too_old),
        false => Err(SecurityEventError::TooOld),
    }
}

/// Each event by its name. Apple's is a text that holds one, named by its `type`.
fn events(claims: &JsonDocument) -> Result<Map<String, Value>, SecurityEventError> {
    const WRONG: DocumentError = DocumentError::WrongType("events");
    let named = |event: Value| -> Result<Map<String, Value>, DocumentError> {
        let name = event.get("type").and_then(Value::as_str).ok_or(WRONG)?.to_owned();
        Ok(Map::from_iter([(name, event)]))
    };
    let events = match claims.read("events")?.ok_or(DocumentError::Missing("events"))? {
        Value::String(text) => named(parse_received_json(text.as_bytes(), &["type", "sub"])?)?,
        Value::Object(events) if events.get("type").is_some_and(Value::is_string) => {
            named(Value::Object(events.clone()))?
        }
        Value::Object(events) if events.values().all(Value::is_object) => events.clone(),
        _ => return Err(WRONG.into()),
    };
    match (1..=MAX_EVENTS).contains(&events.len()) {
        true => Ok(events),
        false => Err(WRONG.into()),
    }
}
