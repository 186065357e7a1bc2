//! The check in front of every unsafe route, server functions included: only our own pages may post to us.
//!
//! tower-http's `CsrfLayer` judges `Sec-Fetch-Site` and `Origin`. It lets a request pass that has neither, as no
//! browser of today sends one; we do not, because nothing that posts to us without a browser carries cookies.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::{HeaderMap, Method, StatusCode},
    middleware::Next,
    response::{IntoResponse, Response},
};
use tower_http::csrf::CsrfLayer;

use crate::relying_party::RelyingParty;

/// The redirect URIs of providers that answer by a form from their own site: the only paths, and POST the only method,
/// where an unsafe request from elsewhere is let in. What stands there leads the browser on and does nothing else.
#[derive(Clone, Debug)]
pub struct FormPosts(Arc<[String]>);

impl FormPosts {
    /// Those of our providers.
    pub fn new(relying_party: &RelyingParty) -> Self {
        let providers = relying_party.providers().filter(|provider| provider.manners.form_post);
        Self(providers.map(|provider| format!("/auth/callback/{}", provider.slug)).collect())
    }

    /// Byte for byte: another spelling of the path is another path.
    fn include(&self, method: &Method, path: &str) -> bool {
        *method == Method::POST && self.0.iter().any(|own| own == path)
    }
}

/// tower-http's layer with our public origin trusted: behind a proxy the `Host` may differ.
///
/// # Errors
/// When the origin is none that a browser sends; the configuration has checked it before.
pub fn layer(origin: &str, form_posts: FormPosts) -> Result<CsrfLayer, tower_http::csrf::ConfigError> {
    let layer = CsrfLayer::new().add_trusted_origin(origin)?;
    Ok(layer.with_insecure_bypass(move |method, uri| form_posts.include(method, uri.path())))
}

/// Refuses an unsafe request that does not say where it comes from.
pub async fn require_provenance(State(form_posts): State<FormPosts>, request: Request, next: Next) -> Response {
    let is_safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let is_form_post = form_posts.include(request.method(), request.uri().path());
    if is_safe || is_form_post || says_where_from(request.headers()) {
        return next.run(request).await;
    }
    StatusCode::FORBIDDEN.into_response()
}

/// An empty header says nothing, and tower-http's layer takes it so.
fn says_where_from(headers: &HeaderMap) -> bool {
    let says = |name: &str| headers.get(name).is_some_and(|value| !value.is_empty());
    says("origin") || says("sec-fetch-site")
}
