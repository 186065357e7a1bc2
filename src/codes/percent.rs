//! Percent-encoding for both halves, without a library: what the browser's half takes along is counted in bytes.

/// Percent-encodes everything but the unreserved characters (RFC 3986 §2.3).
pub fn encode(text: &str) -> String {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let mut encoded = String::with_capacity(text.len() + 16);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push('%');
            encoded.push(char::from(HEX[usize::from(byte >> 4)]));
            encoded.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }
    encoded
}

/// A page of ours, told where the person was going.
pub fn with_return_to(page: &str, return_to: Option<&str>) -> String {
    match return_to {
        Some(return_to) => format!("{page}?return_to={}", encode(return_to)),
        None => page.to_owned(),
    }
}
