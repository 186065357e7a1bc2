//! Compresses pages, but none that another site can request in a signed-in user's name.
//!
//! The threat is BREACH: a page contains what an attacker chose (a search, `return_to`) and what only the user may read (an
//! address, file names), and its compressed length says whether the two are alike. The attacker has to make the browser ask
//! for the page again and again. Such a request is `cross-site` or `same-site` in Fetch Metadata, or brings no cookie.

use axum::{
    extract::Request,
    http::{Extensions, HeaderMap, StatusCode, Version, header},
};
use tower_http::{
    CompressionLevel,
    compression::{CompressionLayer, Predicate},
};

/// A fifth of the time of the best level for almost its result.
const LEVEL: CompressionLevel = CompressionLevel::Precise(4);

/// Compresses HTML by brotli or gzip. The built files are compressed already, and JSON is for programs.
pub fn layer() -> CompressionLayer<impl Predicate> {
    let is_html = |_: StatusCode, _: Version, headers: &HeaderMap, _: &Extensions| {
        headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"))
    };
    CompressionLayer::new().quality(LEVEL).compress_when(is_html)
}

/// Stands outside [`layer`]: a request whose answer must not be compressed loses its `Accept-Encoding`.
pub fn only_own_requests(mut request: Request) -> Request {
    if !is_safe(request.headers()) {
        request.headers_mut().remove(header::ACCEPT_ENCODING);
    }
    request
}

/// Whether the client takes gzip: of a document that is compressed already. What it says of gzip counts before what it says of
/// every coding.
pub fn accepts_gzip(headers: &HeaderMap) -> bool {
    takes(headers, "gzip").or_else(|| takes(headers, "*")).unwrap_or(false)
}

/// Whether the client takes a coding, where it names it (RFC 9110 §12.5.3).
pub fn takes(headers: &HeaderMap, coding: &str) -> Option<bool> {
    let lists = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|list| list.to_str().ok());
    let mut items = lists.flat_map(|list| list.split(',')).map(|item| item.split_once(';').unwrap_or((item, "")));
    let (_, weight) = items.rfind(|(name, _)| name.trim().eq_ignore_ascii_case(coding))?;
    let weight = weight.trim().trim_start_matches(['q', 'Q']).strip_prefix('=').unwrap_or("1");
    Some(!weight.trim_end_matches(['0', '.']).is_empty())
}

/// Whether no other site sent the request with the user's cookies. A browser without Fetch Metadata may be led by one.
fn is_safe(headers: &HeaderMap) -> bool {
    let site = headers.get("sec-fetch-site").map(|site| site.as_bytes());
    !headers.contains_key(header::COOKIE) || matches!(site, Some(b"same-origin" | b"none"))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::none(&[], false)]
    #[case::browser(&["gzip, deflate, br, zstd"], true)]
    #[case::second_list(&["br", "GZIP;q=0.5"], true)]
    #[case::weighed(&["br;q=1.0, gzip;q=0.8, *;q=0.1"], true)]
    #[case::refused(&["br, gzip;q=0"], false)]
    #[case::refused_in_capitals(&["GZIP;Q=0"], false)]
    #[case::refused_in_full(&["*, gzip; q=0.000"], false)]
    #[case::all(&["*"], true)]
    #[case::all_refused(&["identity, *;q=0"], false)]
    #[case::another(&["br"], false)]
    fn a_client_says_whether_it_takes_gzip(#[case] lists: &[&'static str], #[case] expected: bool) {
        let mut headers = HeaderMap::new();
        for list in lists {
            headers.append(header::ACCEPT_ENCODING, HeaderValue::from_static(list));
        }
        assert_eq!(accepts_gzip(&headers), expected);
    }

    #[rstest]
    #[case::own_link(Some("same-origin"), true, true)]
    #[case::typed_address(Some("none"), true, true)]
    #[case::link_of_another_site(Some("cross-site"), true, false)]
    #[case::sibling_subdomain(Some("same-site"), true, false)]
    #[case::old_browser(None, true, false)]
    #[case::first_visit_from_another_site(Some("cross-site"), false, true)]
    fn no_other_site_gets_a_compressed_page_of_a_user(
        #[case] site: Option<&'static str>,
        #[case] has_cookies: bool,
        #[case] safe: bool,
    ) {
        let mut headers = HeaderMap::new();
        if let Some(site) = site {
            headers.insert("sec-fetch-site", HeaderValue::from_static(site));
        }
        if has_cookies {
            headers.insert(header::COOKIE, HeaderValue::from_static("session=x"));
        }
        assert_eq!(is_safe(&headers), safe);
    }
}
