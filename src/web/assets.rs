//! The built front end: embedded in a release binary, read from disk in development.

use axum::{
    body::Body,
    extract::Request,
    http::{HeaderMap, HeaderValue, Method, Response, StatusCode, header},
    response::IntoResponse,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use rust_embed::{Embed, EmbeddedFile};

use super::compression::takes;
use crate::ui::view::Assets;

#[derive(Embed)]
#[cfg_attr(debug_assertions, folder = "target/site")]
#[cfg_attr(not(debug_assertions), folder = "target/site-release")]
#[allow_missing = true]
struct Site;

/// Answers with a file, precompressed if the client accepts that; `None` if there is no such file.
///
/// URLs with the version of the content (`?v=`) are immutable; others are revalidated by `ETag`.
pub fn serve(request: &Request) -> Option<Response<Body>> {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return None;
    }
    let path = request.uri().path().trim_start_matches('/');
    let plain = Site::get(path).filter(|_| !path.ends_with(".br") && !path.ends_with(".gz"))?;
    let version = version_of(&plain);
    let (encoding, file) = negotiated(path, plain, request.headers());
    let etag = format!("\"{version}{}\"", encoding.map(|name| format!("-{name}")).unwrap_or_default());
    let is_versioned = request.uri().query().and_then(|query| query.strip_prefix("v=")) == Some(version.as_str());

    let mut response = if is_known(request.headers(), &etag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let mut response = Response::new(Body::from(file.data.clone()));
        insert(response.headers_mut(), header::CONTENT_TYPE, file_type(path));
        if let Some(encoding) = encoding {
            insert(response.headers_mut(), header::CONTENT_ENCODING, encoding);
        }
        response
    };
    let headers = response.headers_mut();
    insert(headers, header::ETAG, &etag);
    insert(headers, header::VARY, "accept-encoding");
    insert(
        headers,
        header::CACHE_CONTROL,
        if is_versioned { "public, max-age=31536000, immutable" } else { "no-cache" },
    );
    Some(response)
}

/// The URLs of the built files, with versions; with live reload without, as the files change while the server runs, and a
/// browser keeps what has a version.
pub fn urls(reload: Option<String>) -> Assets {
    let url = |path: &str| match Site::get(path).filter(|_| reload.is_none()) {
        Some(file) => format!("/{path}?v={}", version_of(&file)),
        None => format!("/{path}"),
    };
    Assets {
        css: url("pkg/latchkey.css"),
        // `cargo leptos watch` makes one style sheet of both.
        account_css: Site::get("pkg/account.css").map(|_| url("pkg/account.css")),
        js: url("pkg/latchkey.js"),
        wasm: url("pkg/latchkey.wasm"),
        passkeys: url("passkeys.js"),
        reload,
    }
}

fn version_of(file: &EmbeddedFile) -> String {
    URL_SAFE_NO_PAD.encode(&file.metadata.sha256_hash()[..12])
}

fn negotiated(path: &str, plain: EmbeddedFile, headers: &HeaderMap) -> (Option<&'static str>, EmbeddedFile) {
    for (name, ending) in [("br", "br"), ("gzip", "gz")] {
        let accepts = takes(headers, name) == Some(true);
        if let Some(file) = accepts.then(|| Site::get(&format!("{path}.{ending}"))).flatten() {
            return (Some(name), file);
        }
    }
    (None, plain)
}

fn is_known(headers: &HeaderMap, etag: &str) -> bool {
    headers
        .get(header::IF_NONE_MATCH)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|list| list.split(',').any(|known| known.trim() == etag))
}

fn file_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map(|(_, ending)| ending) {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("ico") => "image/x-icon",
        Some("webmanifest") => "application/manifest+json",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

fn insert(headers: &mut HeaderMap, name: header::HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_changes_while_the_server_runs_has_no_version() {
        assert_eq!(urls(Some("ws://localhost:3001".to_owned())).css, "/pkg/latchkey.css");
        // There is no version of a file that has not been built.
        let (with_version, is_built) = (urls(None).css.contains("?v="), Site::get("pkg/latchkey.css").is_some());
        assert_eq!(with_version, is_built);
    }
}
