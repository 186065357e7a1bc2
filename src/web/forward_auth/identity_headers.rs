//! The headers that name the user to the service behind the proxy.

use axum::{
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

use super::NO_STORE;
use crate::{accounts::EmailAddress, sessions::Principal};

const USER_ID: HeaderName = HeaderName::from_static("x-user-id");
const USER_EMAIL: HeaderName = HeaderName::from_static("x-user-email");
const USER_NAME: HeaderName = HeaderName::from_static("x-user-name");

/// 200 with every header, empty where nothing is known: for an absent one some proxies pass on what the visitor wrote (Envoy),
/// or the text of a placeholder (Caddy 2.6).
pub fn identity_headers(principal: &Principal) -> Response {
    let mut response = StatusCode::OK.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, NO_STORE);
    let email = principal.email.as_ref().map(EmailAddress::as_str).unwrap_or_default();
    let name = principal.name.as_deref().unwrap_or_default();
    for (header, text) in [(USER_ID, principal.id.to_string().as_str()), (USER_EMAIL, email), (USER_NAME, name)] {
        let value = HeaderValue::from_str(&header_text(text));
        headers.insert(header, value.unwrap_or_else(|_| HeaderValue::from_static("")));
    }
    response
}

/// Percent-encodes everything but printable ASCII, and the percent sign, as UTF-8: a name must fit into one header.
fn header_text(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b' '..=b'~' if byte != b'%' => plain.push(char::from(byte)),
            _ => plain.push_str(&format!("%{byte:02X}")),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::accounts::UserId;

    #[rstest]
    #[case("Ada Lovelace", "Ada Lovelace")]
    #[case("Zoë", "Zo%C3%AB")]
    #[case("100%", "100%25")]
    #[case("a\r\nX-User-Id: b", "a%0D%0AX-User-Id: b")]
    #[case("\u{7f}", "%7F")]
    fn any_name_fits_into_one_header(#[case] name: &str, #[case] header: &str) {
        assert_eq!(header_text(name), header);
        assert!(HeaderValue::from_str(&header_text(name)).is_ok());
    }

    #[test]
    fn every_header_is_present() {
        let id = UserId::new(time::OffsetDateTime::UNIX_EPOCH, [7; 10]);
        let response = identity_headers(&Principal { id, email: None, name: None });
        let value = |name: HeaderName| response.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
        assert_eq!(value(USER_ID), Some(id.to_string()));
        assert_eq!([value(USER_EMAIL), value(USER_NAME)], [Some(String::new()), Some(String::new())]);
    }
}
