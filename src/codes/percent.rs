//! Percent-encoding and query strings for both targets, without a library: the browser bundle counts every byte.

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

/// Appends parameters to a path, which may have a query but no fragment. Values are encoded; names are written as they
/// are.
pub fn with_query(path: &str, parameters: &[(&str, &str)]) -> String {
    let mut url = path.to_owned();
    for (name, value) in parameters {
        url.push(if url.contains('?') { '&' } else { '?' });
        url.push_str(name);
        url.push('=');
        url.push_str(&encode(value));
    }
    url
}

/// Appends `return_to`, the path to continue at.
pub fn with_return_to(path: &str, return_to: Option<&str>) -> String {
    match return_to {
        Some(return_to) => with_query(path, &[("return_to", return_to)]),
        None => path.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn query_values_cannot_add_parameters() {
        assert_eq!(with_query("/a", &[]), "/a");
        assert_eq!(with_query("/a", &[("x", "1&y=2#z"), ("n", "ü +")]), "/a?x=1%26y%3D2%23z&n=%C3%BC%20%2B");
        assert_eq!(with_query("/a?b=c", &[("x", "1")]), "/a?b=c&x=1");
        assert_eq!(with_return_to("/login", Some("/drive?q=a")), "/login?return_to=%2Fdrive%3Fq%3Da");
        assert_eq!(with_return_to("/login", None), "/login");
    }
}
