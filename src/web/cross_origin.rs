//! The check in front of every unsafe route, server functions included: only our own pages may post to us.
//!
//! tower-http's `CsrfLayer` judges `Sec-Fetch-Site` and `Origin`. It lets a request pass that has neither, as no
//! browser of today sends one; we do not, because nothing that posts to us without a browser carries cookies.

use axum::{
    extract::Request,
    http::{HeaderMap, Method, StatusCode},
    middleware::Next,
    response::{IntoResponse, Response},
};
use tower_http::csrf::CsrfLayer;

/// tower-http's layer with our public origin trusted: behind a proxy the `Host` may differ.
///
/// # Errors
/// When the origin is none that a browser sends; the configuration has checked it before.
pub fn layer(origin: &str) -> Result<CsrfLayer, tower_http::csrf::ConfigError> {
    CsrfLayer::new().add_trusted_origin(origin)
}

/// Refuses an unsafe request that does not say where it comes from.
pub async fn require_provenance(request: Request, next: Next) -> Response {
    let is_safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if is_safe || says_where_from(request.headers()) {
        return next.run(request).await;
    }
    StatusCode::FORBIDDEN.into_response()
}

/// An empty header says nothing, and tower-http's layer takes it so.
fn says_where_from(headers: &HeaderMap) -> bool {
    let says = |name: &str| headers.get(name).is_some_and(|value| !value.is_empty());
    says("origin") || says("sec-fetch-site")
}
