//! The URL that the user asked the proxy for.
//!
//! Any client can send these headers, and gets a link for itself. Whatever they say, the result is a path on our origin.

use axum::http::{HeaderMap, HeaderValue, Uri};

use crate::relying_party::ReturnTo;

/// Where proxies pass it on: nginx and HAProxy by our configurations, ingress-nginx (a whole URL), Caddy and Traefik.
const ORIGINAL_URL: [&str; 3] = ["x-original-uri", "x-original-url", FORWARDED_URI];
const FORWARDED_URI: &str = "x-forwarded-uri";
/// What a proxy has cut off the front of `X-Forwarded-Uri` (Traefik's StripPrefix).
const FORWARDED_PREFIX: &str = "x-forwarded-prefix";
const OWN_PATH: &str = "/auth/verify";

/// The path and query to return to: what the proxy appended to our own path, or what a header says. Without its query if it
/// is too long; the default if it is not on our origin.
pub fn return_to(uri: &Uri, headers: &HeaderMap, origin: &str) -> ReturnTo {
    let appended = uri.path_and_query().and_then(|path| path.as_str().strip_prefix(OWN_PATH));
    let appended = appended.filter(|path| path.starts_with('/'));
    match appended.filter(|path| *path != "/") {
        Some(path) => on_our_origin(path, origin),
        None => of_headers(headers, origin).or_else(|| on_our_origin(appended?, origin)),
    }
    .unwrap_or_default()
}

fn of_headers(headers: &HeaderMap, origin: &str) -> Option<ReturnTo> {
    ORIGINAL_URL.into_iter().find_map(|name| of_header(name, headers, origin))
}

/// `None` also for an empty header, which some proxies send where they know nothing.
fn of_header(name: &str, headers: &HeaderMap, origin: &str) -> Option<ReturnTo> {
    let url = headers.get(name).map(text).filter(|url| !url.is_empty())?;
    match headers.get(FORWARDED_PREFIX).map(text).filter(|_| name == FORWARDED_URI) {
        Some(prefix) => on_our_origin(&with_prefix(&prefix, &url), origin),
        None => on_our_origin(&url, origin),
    }
}

fn with_prefix(prefix: &str, path: &str) -> String {
    let prefix = prefix.trim_end_matches('/');
    let rest = path.strip_prefix(prefix);
    let is_whole = rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?']));
    if is_whole { path.to_owned() } else { format!("{prefix}{path}") }
}

/// Parses a path, or a URL with the host and port of our origin: behind a proxy that ends TLS its scheme may differ.
fn on_our_origin(url: &str, origin: &str) -> Option<ReturnTo> {
    let path = match (without_scheme(url), without_scheme(origin)) {
        (Some(url), Some(host)) => url.strip_prefix(host)?,
        _ => url,
    };
    let path = if path.is_empty() { "/" } else { path };
    ReturnTo::parse(path).or_else(|| ReturnTo::parse(path.split(['?', '#']).next()?))
}

fn without_scheme(url: &str) -> Option<&str> {
    url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"))
}

/// With bytes that are not ASCII percent-encoded: nginx passes on what the browser sent.
fn text(value: &HeaderValue) -> String {
    let encode = |byte: &u8| if byte.is_ascii() { char::from(*byte).to_string() } else { format!("%{byte:02X}") };
    value.as_bytes().iter().map(encode).collect()
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderName;
    use rstest::rstest;

    use super::*;

    const ORIGIN: &str = "https://app.example";

    fn of(uri: &'static str, pairs: &[(&'static str, &'static str)]) -> String {
        let pair = |(name, value): &(&'static str, &'static str)| {
            (HeaderName::from_static(name), HeaderValue::from_bytes(value.as_bytes()).unwrap())
        };
        return_to(&Uri::from_static(uri), &pairs.iter().map(pair).collect(), ORIGIN).as_str().to_owned()
    }

    #[rstest]
    #[case::nginx("x-original-uri", "/docs/?a=b", "/docs/?a=b")]
    #[case::caddy("x-forwarded-uri", "/docs/", "/docs/")]
    #[case::ingress_nginx("x-original-url", "https://app.example/docs/?a=b", "/docs/?a=b")]
    #[case::before_tls("x-original-url", "http://app.example/docs/", "/docs/")]
    #[case::bare_origin("x-original-url", "https://app.example", "/")]
    #[case::api_of_a_service("x-original-uri", "/api/reports?year=2026", "/api/reports?year=2026")]
    #[case::line_breaks_in_the_query("x-original-uri", "/new?text=a%0D%0Ab%0A", "/new?text=a%0D%0Ab%0A")]
    #[case::not_ascii("x-original-uri", "/größe", "/gr%C3%B6%C3%9Fe")]
    #[case::other_origin("x-original-uri", "https://evil.example/", "/dashboard")]
    #[case::longer_host("x-original-url", "https://app.example.evil.example/", "/dashboard")]
    #[case::user_info("x-original-url", "https://app.example@evil.example/", "/dashboard")]
    #[case::no_scheme("x-original-uri", "//evil.example/", "/dashboard")]
    #[case::no_scheme_on_our_host("x-original-url", "https://app.example//evil.example/", "/dashboard")]
    #[case::loop_("x-original-uri", "/auth/verify/docs", "/dashboard")]
    #[case::another_header("x-other", "/docs/", "/dashboard")]
    fn a_header_names_a_path_on_our_origin(
        #[case] name: &'static str,
        #[case] value: &'static str,
        #[case] page: &str,
    ) {
        assert_eq!(of("/auth/verify", &[(name, value)]), page);
        assert_eq!(of("/auth/verify?redirect=1", &[(name, value)]), page);
    }

    #[rstest]
    #[case("/auth/verify/docs/?a=b", "/docs/?a=b")]
    #[case("/auth/verify/", "/")]
    #[case("/auth/verify/?a=b", "/?a=b")]
    #[case("/auth/verify/api/reports?redirect=1", "/api/reports?redirect=1")]
    #[case("/auth/verify/new?text=a%0Ab", "/new?text=a%0Ab")]
    #[case::no_scheme("/auth/verify//evil.example/", "/dashboard")]
    #[case::backslash("/auth/verify/%5Cevil.example/", "/dashboard")]
    #[case::dots("/auth/verify/..//evil.example/", "/dashboard")]
    #[case::loop_("/auth/verify/auth/verify/docs", "/dashboard")]
    fn an_appended_path_is_returned_to(#[case] uri: &'static str, #[case] page: &str) {
        assert_eq!(of(uri, &[]), page);
    }

    #[test]
    fn an_appended_path_comes_before_headers() {
        assert_eq!(of("/auth/verify/docs", &[("x-forwarded-uri", "/other")]), "/docs");
        assert_eq!(of("/auth/verify/", &[("x-original-uri", "/docs")]), "/docs");
    }

    #[rstest]
    #[case::empty("")]
    #[case::placeholder("{http.request.orig_uri}")]
    #[case::another_site("https://evil.example/")]
    fn an_unusable_header_leaves_the_choice_to_the_next(#[case] value: &'static str) {
        assert_eq!(of("/auth/verify", &[("x-original-uri", value), ("x-forwarded-uri", "/docs")]), "/docs");
        assert_eq!(of("/auth/verify", &[("x-original-uri", value)]), "/dashboard");
        assert_eq!(of("/auth/verify", &[("x-original-uri", "/own"), ("x-forwarded-uri", "/docs")]), "/own");
    }

    #[rstest]
    #[case("/service", "/docs?a=b", "/service/docs?a=b")]
    #[case("/service/", "/docs", "/service/docs")]
    #[case("/service", "/service/docs", "/service/docs")]
    #[case("/service", "/services", "/service/services")]
    #[case("https://evil.example", "/docs", "/dashboard")]
    #[case("//evil.example", "/docs", "/dashboard")]
    #[case("/auth", "/logout", "/dashboard")]
    fn a_prefix_that_was_cut_off_is_put_back(
        #[case] prefix: &'static str,
        #[case] uri: &'static str,
        #[case] page: &str,
    ) {
        assert_eq!(of("/auth/verify", &[("x-forwarded-uri", uri), ("x-forwarded-prefix", prefix)]), page);
    }

    #[test]
    fn an_overlong_url_loses_its_query() {
        let long: &'static str = format!("/docs/?q={}", "a".repeat(5000)).leak();
        assert_eq!(of("/auth/verify", &[("x-original-uri", long)]), "/docs/");
    }
}
