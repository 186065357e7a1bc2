//! HTTP Basic authentication of a client (RFC 6749 §2.3.1, RFC 7617).

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The credentials after `Basic `.
pub fn presented(headers: &HeaderMap) -> Option<&str> {
    headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Basic "))
}

pub fn read(text: &str) -> Option<(String, String)> {
    let text = String::from_utf8(STANDARD.decode(text).ok()?).ok()?;
    let (id, secret) = text.split_once(':')?;
    Some((form_decoded(id), form_decoded(secret)))
}

/// RFC 6749 §2.3.1 form-encodes id and secret; a value that contains `=` or `&` is not encoded.
fn form_decoded(text: &str) -> String {
    if text.contains(['=', '&']) {
        return text.to_owned();
    }
    url::form_urlencoded::parse(text.as_bytes()).next().map(|(name, _)| name.into_owned()).unwrap_or_default()
}
