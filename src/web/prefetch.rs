//! Prefetches: what a browser requests ahead of a click that may never come.

use std::ops::ControlFlow::{self, Break, Continue};

use axum::{
    extract::Request,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};

/// The headers that announce a prefetch: the standard's (HTML, "`Sec-Purpose`"), and those of earlier Chromium, Safari and
/// Firefox.
const HEADERS: [&str; 4] = ["sec-purpose", "purpose", "x-purpose", "x-moz"];

/// Refuses a prefetch, for routes that start a flow or use one up.
///
/// By 503: browsers discard a prefetch without a status of success and send the request again when the user navigates. They
/// keep a 204, and a click on the link would then do nothing.
pub fn refuse((): &(), request: &mut Request) -> ControlFlow<Response> {
    match is_prefetch(request.headers()) {
        true => Break(StatusCode::SERVICE_UNAVAILABLE.into_response()),
        false => Continue(()),
    }
}

/// Whether a header's value, a structured token with parameters such as `prefetch;prerender`, says so.
fn is_prefetch(headers: &HeaderMap) -> bool {
    let says_so = |value: &[u8]| {
        let token = value.split(|byte| *byte == b';').next().unwrap_or_default().trim_ascii();
        [b"prefetch".as_slice(), b"preview", b"prerender"].iter().any(|known| token.eq_ignore_ascii_case(known))
    };
    HEADERS.iter().any(|name| headers.get_all(*name).iter().any(|value| says_so(value.as_bytes())))
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderName, HeaderValue};
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("sec-purpose", "prefetch", true)]
    #[case("sec-purpose", "prefetch;prerender", true)]
    #[case("sec-purpose", "prefetch;anonymous-client-ip", true)]
    #[case("purpose", "prefetch", true)]
    #[case("x-purpose", "preview", true)]
    #[case("x-moz", "Prefetch", true)]
    #[case("sec-purpose", "", false)]
    #[case("sec-purpose", "something-else", false)]
    #[case("sec-fetch-mode", "prefetch", false)]
    fn prefetches_are_recognised(#[case] name: &'static str, #[case] value: &'static str, #[case] expected: bool) {
        let headers = HeaderMap::from_iter([(HeaderName::from_static(name), HeaderValue::from_static(value))]);
        assert_eq!(is_prefetch(&headers), expected);
    }
}
