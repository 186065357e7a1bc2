//! The JOSE header: RFC 7515 §4, RFC 8725 §3.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::IdTokenErrorKind;
use crate::oauth::JsonDocument;
use crate::oidc::Algorithm;
use crate::oidc::algorithm::{UNKNOWN_NAME, registered_name};

/// Longest accepted `kid`, in bytes.
const MAX_KID_BYTES: usize = 512;

/// The parts of the header that are used. Both only select among trusted algorithms and keys.
pub(super) struct Header {
    pub(super) alg: Algorithm,
    pub(super) kid: Option<String>,
}

/// `typ` must be one of `types`, or absent.
pub(super) fn read(part: &str, allowed: &[Algorithm], types: &[&str]) -> Result<Header, IdTokenErrorKind> {
    let json = URL_SAFE_NO_PAD.decode(part).map_err(|_| IdTokenErrorKind::Malformed)?;
    let header = JsonDocument::parse_received(&json).map_err(|_| IdTokenErrorKind::Malformed)?;
    check_type(&header, types)?;
    check_extensions(&header)?;
    Ok(Header { alg: algorithm(&header, allowed)?, kid: kid(&header)? })
}

/// `typ`: an access token (`at+jwt`) or logout token (`logout+jwt`) of the same issuer has a valid signature and must
/// not pass for an id_token (RFC 8725 §3.11).
fn check_type(header: &JsonDocument, types: &[&str]) -> Result<(), IdTokenErrorKind> {
    match header.optional_str("typ") {
        Ok(None) => Ok(()),
        Ok(Some(typ)) if types.iter().any(|known| typ.eq_ignore_ascii_case(known)) => Ok(()),
        _ => Err(IdTokenErrorKind::NotAnIdToken),
    }
}

/// `crit` lists extensions that must be understood; none is supported (RFC 7515 §4.1.11). `jwk`, `jku`, `x5u` and `x5c`
/// supply a key, which no provider does in an id_token: a sign of an attack (threat ID7).
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
    let name = header.required_str("alg").map_err(|_| IdTokenErrorKind::AlgorithmNotAllowed(UNKNOWN_NAME))?;
    Algorithm::from_name(name)
        .filter(|algorithm| allowed.contains(algorithm))
        .ok_or_else(|| IdTokenErrorKind::AlgorithmNotAllowed(registered_name(name)))
}

fn kid(header: &JsonDocument) -> Result<Option<String>, IdTokenErrorKind> {
    match header.optional_str("kid") {
        Ok(None) => Ok(None),
        Ok(Some(kid)) if kid.len() <= MAX_KID_BYTES => Ok(Some(kid.to_owned())),
        _ => Err(IdTokenErrorKind::Malformed),
    }
}
