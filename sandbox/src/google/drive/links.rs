//! The targets of a file's links: a placeholder page, the icon, the thumbnail.

use axum::extract::Path;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName};
use axum::response::{IntoResponse, Response};

use crate::page::{Page, escape};
use crate::state::Provider;

/// `GET /google/drive/{kind}/d/{id}`: a page in place of the file, which the sandbox does not have.
pub async fn file_page(Path((kind, id)): Path<(String, String)>) -> Page {
    let main = format!(
        "<h1>File</h1><p>The sandbox has no file contents. This is <code>{}/{}</code>.</p>",
        escape(&kind),
        escape(&id)
    );
    Page::new(Provider::Google.label(), "File", main)
}

/// `GET /google/drive/icon/{mime type}`.
pub async fn icon(Path(mime_type): Path<String>) -> Response {
    square(&mime_type, 16)
}

/// `GET /google/drive/thumbnail/{id}`.
pub async fn thumbnail(Path(id): Path<String>) -> Response {
    square(&id, 220)
}

/// A square whose colour is derived from the text.
fn square(text: &str, side: u32) -> Response {
    let hue = text.bytes().fold(0_u32, |sum, byte| (sum * 31 + u32::from(byte)) % 360);
    let svg = format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16" width="{side}" height="{side}"><rect x="2" y="1" width="12" height="14" rx="2" fill="hsl({hue} 45% 40%)"/></svg>"#
    );
    let anywhere = (HeaderName::from_static("cross-origin-resource-policy"), "cross-origin");
    ([(CONTENT_TYPE, "image/svg+xml"), (CACHE_CONTROL, "public, max-age=300"), anywhere], svg).into_response()
}
