//! The check in front of every unsafe route, server functions included: only our own pages may post to us.
//!
//! tower-http's `CsrfLayer` judges `Sec-Fetch-Site` and `Origin`. It lets a request pass that has neither, as no
//! browser of today sends one; we do not, because nothing that posts to us without a browser carries cookies.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use tower_http::csrf::CsrfLayer;

use super::credential;
use crate::relying_party::RelyingParty;

/// Where forms come from a provider's own site: the redirect URIs of those that answer by one, and Google's own button. The
/// only paths, and POST the only method, where an unsafe request from elsewhere is let in. The former lead the browser on
/// and do nothing else; the latter wants a cookie that only a page of ours can have set.
#[derive(Clone, Debug)]
pub struct FormPosts(Arc<[String]>);

impl FormPosts {
    /// Those of our providers.
    pub fn new(relying_party: &RelyingParty) -> Self {
        let providers = relying_party.providers().filter(|provider| provider.spec.form_post);
        let providers = providers.map(|provider| format!("/auth/callback/{}", provider.slug));
        let button = relying_party.provider("google").map(|_| credential::PATH.to_owned());
        Self(providers.chain(button).collect())
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

/// The same for the API, where pages of these origins may post, too.
///
/// # Errors
/// As [`layer`].
pub fn api_layer(origin: &str, others: &[String]) -> Result<CsrfLayer, tower_http::csrf::ConfigError> {
    let layer = CsrfLayer::new().add_trusted_origin(origin)?;
    others.iter().try_fold(layer, |layer, other| layer.add_trusted_origin(other))
}

/// Refuses what may be another page's form: a POST of a kind that forms send, with cookies, which does not say where it comes
/// from. Command lines and applications that keep our cookies say nothing either, and are let through where no form can be
/// meant: a form sends neither `Authorization` nor JSON, only it can leave without `Origin`, and it always says its kind. A
/// POST without a kind, with another, or of another method is a script's (`fetch`), whose browser says where it runs.
pub async fn require_provenance_of_forms(request: Request, next: Next) -> Response {
    let headers = request.headers();
    let may_be_a_form = *request.method() == Method::POST && is_sent_by_forms(headers);
    if may_be_a_form && headers.contains_key(header::COOKIE) && !says_where_from(headers) {
        return StatusCode::FORBIDDEN.into_response();
    }
    next.run(request).await
}

/// What the `enctype` of a form can be (HTML, "form submission").
const FORM_KINDS: [&str; 3] = ["application/x-www-form-urlencoded", "multipart/form-data", "text/plain"];

fn is_sent_by_forms(headers: &HeaderMap) -> bool {
    let is_form = |kind: &str| FORM_KINDS.iter().any(|form| kind.trim().eq_ignore_ascii_case(form));
    let mut kinds = headers.get_all(header::CONTENT_TYPE).iter().map(HeaderValue::to_str);
    // What cannot be read may be anything.
    let of_a_form = kinds.any(|kind| kind.map_or(true, |kind| kind.split(';').next().is_some_and(is_form)));
    of_a_form && !headers.contains_key(header::AUTHORIZATION)
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
