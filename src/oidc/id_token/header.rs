//! The header: RFC 7515 §4, RFC 8725 §3.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::IdTokenErrorKind;
use crate::oauth::JsonDocument;
use crate::oidc::Algorithm;

/// Longest `kid` that we look up, in bytes.
const MAX_KID_BYTES: usize = 512;

/// What of the header is used: which algorithm, which key. Both only choose among what we already trust.
pub(super) struct Header {
    pub(super) alg: Algorithm,
    pub(super) kid: Option<String>,
}

pub(super) fn read(part: &str, allowed: &[Algorithm]) -> Result<Header, IdTokenErrorKind> {
    let json = URL_SAFE_NO_PAD.decode(part).map_err(|_| IdTokenErrorKind::Malformed)?;
    let header = JsonDocument::parse(&json).map_err(|_| IdTokenErrorKind::Malformed)?;
    check_type(&header)?;
    check_extensions(&header)?;
    Ok(Header { alg: algorithm(&header, allowed)?, kid: kid(&header)? })
}

/// `typ`: an access token (`at+jwt`) or a logout token (`logout+jwt`) of the same issuer carries the same
/// signature and must not pass for an id_token (RFC 8725 §3.11).
fn check_type(header: &JsonDocument) -> Result<(), IdTokenErrorKind> {
    match header.optional_str("typ") {
        Ok(None) => Ok(()),
        Ok(Some(typ)) if typ.eq_ignore_ascii_case("JWT") => Ok(()),
        _ => Err(IdTokenErrorKind::NotAnIdToken),
    }
}

/// `crit` names extensions that must be understood, and we understand none (RFC 7515 §4.1.11). `jwk`, `jku`,
/// `x5u` and `x5c` bring a key along: we would not use it, and whoever sends one tries what has worked
/// elsewhere (threat ID7).
fn check_extensions(header: &JsonDocument) -> Result<(), IdTokenErrorKind> {
    if header.contains("crit") {
        return Err(IdTokenErrorKind::CriticalHeader);
    }
    match ["jwk", "jku", "x5u", "x5c"].into_iter().any(|name| header.contains(name)) {
        true => Err(IdTokenErrorKind::KeyInHeader),
        false => Ok(()),
    }
}

fn algorithm(header: &JsonDocument, allowed: &[Algorithm]) -> Result<Algorithm, IdTokenErrorKind> {
    let name = header.required_str("alg").map_err(|_| IdTokenErrorKind::AlgorithmNotAllowed)?;
    Algorithm::from_name(name)
        .filter(|algorithm| allowed.contains(algorithm))
        .ok_or(IdTokenErrorKind::AlgorithmNotAllowed)
}

fn kid(header: &JsonDocument) -> Result<Option<String>, IdTokenErrorKind> {
    match header.optional_str("kid") {
        Ok(None) => Ok(None),
        Ok(Some(kid)) if kid.len() <= MAX_KID_BYTES => Ok(Some(kid.to_owned())),
        _ => Err(IdTokenErrorKind::Malformed),
    }
}
