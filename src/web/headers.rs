//! Security headers, on every response.

use std::{ops::ControlFlow, sync::Arc};

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue, header},
    response::Response,
};
use leptos::nonce::Nonce;

use super::around::{Around, around};
use crate::account::EMAIL_LINK_PATH;

#[derive(Clone, Debug)]
pub struct HeaderPolicy(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    https: bool,
    image_sources: String,
    /// The content security policy before and after the nonce.
    pieces: [String; 2],
}

impl HeaderPolicy {
    /// `image_sources` are the origins of profile pictures; `live_reload` is the `ws://` URL of the development reload.
    pub fn new(https: bool, image_sources: &[String], live_reload: Option<String>) -> Self {
        let image_sources = image_sources.join(" ");
        let pieces = pieces(https, &image_sources, live_reload.as_deref());
        Self(Arc::new(Inner { https, image_sources, pieces }))
    }
}

impl HeaderPolicy {
    /// Whether the policy allows an image at this URL. The browser decides: this spares the page a picture that it would not load.
    pub fn shows_image(&self, url: &str) -> bool {
        let Some((scheme, rest)) = url.split_once("://") else { return false };
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        self.0.image_sources.split(' ').filter_map(|source| source.split_once("://")).any(|(allowed, source)| {
            let is_host = match source.strip_prefix("*.") {
                Some(domain) => host.strip_suffix(domain).is_some_and(|name| name.len() > 1 && name.ends_with('.')),
                None => host.eq_ignore_ascii_case(source),
            };
            scheme.eq_ignore_ascii_case(allowed) && is_host
        })
    }
}

const PERMISSIONS: &str = "accelerometer=(), autoplay=(), camera=(), display-capture=(), encrypted-media=(), \
    fullscreen=(), geolocation=(), gyroscope=(), hid=(), identity-credentials-get=(), idle-detection=(), \
    local-fonts=(), magnetometer=(), microphone=(), midi=(), payment=(), picture-in-picture=(), \
    publickey-credentials-create=(self), publickey-credentials-get=(self), screen-wake-lock=(), serial=(), \
    storage-access=(), usb=(), xr-spatial-tracking=()";

/// Makes the nonce of the request, passes it on as an extension, and sets the headers of the response.
pub fn set(policy: &HeaderPolicy) -> Around<HeaderPolicy, Asked> {
    around(policy.clone(), ask, answer)
}

/// What the headers depend on.
pub struct Asked {
    nonce: Nonce,
    /// Of the URL.
    has_secret: bool,
}

fn ask(_: &HeaderPolicy, request: &mut Request) -> ControlFlow<Response, Asked> {
    let nonce = Nonce::new();
    request.extensions_mut().insert(nonce.clone());
    let path = request.uri().path();
    let has_secret = path.starts_with("/auth/callback/") || path == EMAIL_LINK_PATH;
    ControlFlow::Continue(Asked { nonce, has_secret })
}

fn answer(policy: &HeaderPolicy, Asked { nonce, has_secret }: Asked, mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.reserve(HEADERS);
    for (name, value) in fixed() {
        headers.insert(name, value);
    }
    let is_document = !is_subresource(headers);
    if is_document {
        headers.insert(HeaderName::from_static("permissions-policy"), HeaderValue::from_static(PERMISSIONS));
    }
    // The URL of a callback must not travel in a `Referer`, even after an error: its code may still be valid.
    insert_default(headers, header::REFERRER_POLICY, if has_secret { "no-referrer" } else { "same-origin" });
    // No cache may keep pages and redirects of a sign-in. Assets set their own value.
    insert_default(headers, header::CACHE_CONTROL, "no-store");
    forbid_transformation(headers);
    let policy_text = match is_document {
        true => HeaderValue::from_str(&policy.content_security_policy(&nonce)),
        false => Ok(HeaderValue::from_static(NO_DOCUMENT)),
    };
    if let Ok(value) = policy_text {
        headers.insert(header::CONTENT_SECURITY_POLICY, value);
    }
    if policy.0.https {
        headers
            .insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=63072000; includeSubDomains"));
    }
    response
}

/// The number of headers added here and by the layer around this one.
const HEADERS: usize = 12;

/// The policy of what is no document, and runs nothing by itself.
const NO_DOCUMENT: &str = "default-src 'none'; frame-ancestors 'none'";

/// Style sheets, scripts and modules: the policies of the page that loads them count, and theirs would be a kilobyte each.
/// An SVG picture can be opened as a document.
fn is_subresource(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    ["text/css", "text/javascript", "application/wasm"].iter().any(|it| kind.starts_with(it))
}

fn fixed() -> [(HeaderName, HeaderValue); 5] {
    [
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
        (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
        (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
        (HeaderName::from_static("x-permitted-cross-domain-policies"), HeaderValue::from_static("none")),
    ]
}

fn insert_default(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    headers.entry(name).or_insert(HeaderValue::from_static(value));
}

/// Adds `no-transform` to the directives of an HTML document (RFC 9111 §5.2.2.6). Cloudflare otherwise replaces each email
/// address by a placeholder and a script: our policy blocks the script, and the page no longer matches what hydrates it.
fn forbid_transformation(headers: &mut HeaderMap) {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    if !text(header::CONTENT_TYPE).is_some_and(|kind| kind.starts_with("text/html")) {
        return;
    }
    let directives = match text(header::CACHE_CONTROL) {
        Some(directives) if directives.contains("no-transform") => return,
        Some("no-store") => HeaderValue::from_static("no-store, no-transform"),
        Some(directives) => match HeaderValue::from_str(&format!("{directives}, no-transform")) {
            Ok(directives) => directives,
            Err(_) => return,
        },
        None => HeaderValue::from_static("no-transform"),
    };
    headers.insert(header::CACHE_CONTROL, directives);
}

impl HeaderPolicy {
    fn content_security_policy(&self, nonce: &Nonce) -> String {
        let [before_nonce, end] = &self.0.pieces;
        [before_nonce, &**nonce, end].concat()
    }
}

/// Only our own module runs, by its nonce. WebAssembly may compile, `eval` may not. No site can frame our pages, and no
/// injected `<base>` or `<form>` can send what a user types elsewhere.
fn pieces(https: bool, image_sources: &str, live_reload: Option<&str>) -> [String; 2] {
    let socket = live_reload.map(|address| format!(" {address}")).unwrap_or_default();
    let upgrade = if https { "; upgrade-insecure-requests" } else { "" };
    [
        "default-src 'none'; script-src 'nonce-".to_owned(),
        format!(
            "' 'strict-dynamic' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data: {image_sources}; \
             font-src 'self'; connect-src 'self'{socket}; manifest-src 'self'; form-action 'self'; \
             frame-ancestors 'none'; base-uri 'none'; object-src 'none'{upgrade}"
        ),
    ]
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn policy(https: bool) -> HeaderPolicy {
        HeaderPolicy::new(https, &["https://*.pictures.example".to_owned(), "https://one.example".to_owned()], None)
    }

    #[test]
    fn only_pictures_of_listed_origins_are_shown() {
        let policy = policy(true);
        for shown in ["https://a.pictures.example/x.png", "https://one.example/"] {
            assert!(policy.shows_image(shown), "{shown}");
        }
        for refused in [
            "http://one.example/",
            "https://one.example.:443/",
            "https://pictures.example.evil.example/",
            "https://evilpictures.example/",
            "https://one.example:8443/",
            "data:image/png;base64,AAAA",
            "nothing",
        ] {
            assert!(!policy.shows_image(refused), "{refused}");
        }
    }

    #[rstest]
    #[case("text/html; charset=utf-8", Some("no-store"), Some("no-store, no-transform"))]
    #[case("text/html", Some("private, max-age=60"), Some("private, max-age=60, no-transform"))]
    #[case("text/html", Some("no-transform, no-cache"), Some("no-transform, no-cache"))]
    #[case("text/html", None, Some("no-transform"))]
    #[case("text/css", Some("no-cache"), Some("no-cache"))]
    #[case("application/json", None, None)]
    fn html_is_not_to_be_transformed(
        #[case] kind: &'static str,
        #[case] directives: Option<&'static str>,
        #[case] expected: Option<&'static str>,
    ) {
        let mut headers = HeaderMap::from_iter([(header::CONTENT_TYPE, HeaderValue::from_static(kind))]);
        if let Some(directives) = directives {
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(directives));
        }
        forbid_transformation(&mut headers);
        assert_eq!(headers.get(header::CACHE_CONTROL).map(|value| value.to_str().unwrap()), expected);
    }

    #[rstest]
    #[case("text/css; charset=utf-8", true)]
    #[case("text/javascript; charset=utf-8", true)]
    #[case("application/wasm", true)]
    #[case("text/html; charset=utf-8", false)]
    #[case("image/svg+xml", false)]
    #[case("application/json", false)]
    #[case("", false)]
    fn only_what_is_no_document_has_the_short_policy(#[case] kind: &'static str, #[case] short: bool) {
        let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, HeaderValue::from_static(kind))]);
        assert_eq!(is_subresource(&headers), short);
    }

    #[test]
    fn https_adds_the_upgrade_and_nothing_is_unsafe() {
        let nonce = Nonce::new();
        let policy_text = policy(true).content_security_policy(&nonce);
        assert!(policy_text.ends_with("upgrade-insecure-requests"));
        assert!(policy_text.contains(&format!("'nonce-{nonce}'")) && !policy_text.contains("unsafe-inline"));
        assert!(!policy(false).content_security_policy(&nonce).contains("upgrade"));
    }
}
