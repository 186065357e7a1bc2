//! CSRF protection for every unsafe route, server functions included: only our own pages may post to us.
//!
//! tower-http's `CsrfLayer` checks `Sec-Fetch-Site` and `Origin`, and accepts requests with neither, since current browsers
//! send at least one. We refuse those, since clients other than browsers have no cookies here.

use std::{
    ops::ControlFlow::{self, Break, Continue},
    sync::Arc,
};

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use tower_http::csrf::CsrfLayer;

use super::credential;
use crate::relying_party::RelyingParty;

/// The paths that accept a POST from a provider's own site: redirect URIs with form post, which only redirect, and Google's
/// own button, which requires a cookie that only our pages can set.
#[derive(Clone, Debug)]
pub struct FormPosts(Arc<[String]>);

impl FormPosts {
    pub fn new(relying_party: &RelyingParty, google_button: bool) -> Self {
        let providers = relying_party.providers().filter(|provider| provider.spec.form_post);
        let providers = providers.map(|provider| format!("/auth/callback/{}", provider.slug));
        let button = google_button.then(|| credential::PATH.to_owned());
        Self(providers.chain(button).collect())
    }

    /// Compares byte for byte: another spelling is another path.
    fn include(&self, method: &Method, path: &str) -> bool {
        *method == Method::POST && self.0.iter().any(|own| own == path)
    }
}

/// Trusts our public origin, since the `Host` may differ behind a proxy.
///
/// # Errors
/// If the origin is not one that a browser sends; the configuration has checked it.
pub fn layer(origin: &str, form_posts: FormPosts) -> Result<CsrfLayer, tower_http::csrf::ConfigError> {
    let layer = CsrfLayer::new().add_trusted_origin(origin)?;
    Ok(layer.with_insecure_bypass(move |method, uri| form_posts.include(method, uri.path())))
}

/// The same for the API, which also accepts the origins of `CORS_ORIGINS`.
///
/// # Errors
/// As [`layer`].
pub fn api_layer(origin: &str, others: &[String]) -> Result<CsrfLayer, tower_http::csrf::ConfigError> {
    let layer = CsrfLayer::new().add_trusted_origin(origin)?;
    others.iter().try_fold(layer, |layer, other| layer.add_trusted_origin(other))
}

/// Refuses what may be another site's form: a POST with cookies and a content type of forms, but without `Origin` and
/// `Sec-Fetch-Site`. Command-line clients and apps that keep our cookies send neither header, and pass where the request
/// cannot be a form: forms send neither JSON nor `Authorization`, and always a content type. Any other request with cookies
/// comes from a script, whose browser sends `Origin`.
pub fn require_provenance_of_forms((): &(), request: &mut Request) -> ControlFlow<Response> {
    let headers = request.headers();
    let may_be_a_form = *request.method() == Method::POST && has_form_type(headers);
    if may_be_a_form && headers.contains_key(header::COOKIE) && !has_provenance(headers) {
        return Break(StatusCode::FORBIDDEN.into_response());
    }
    Continue(())
}

/// The possible `enctype`s of a form (HTML, "form submission").
const FORM_TYPES: [&str; 3] = ["application/x-www-form-urlencoded", "multipart/form-data", "text/plain"];

fn has_form_type(headers: &HeaderMap) -> bool {
    let is_form = |kind: &str| FORM_TYPES.iter().any(|form| kind.trim().eq_ignore_ascii_case(form));
    let mut kinds = headers.get_all(header::CONTENT_TYPE).iter().map(HeaderValue::to_str);
    // An unreadable content type counts as a form's.
    let of_a_form = kinds.any(|kind| kind.map_or(true, |kind| kind.split(';').next().is_some_and(is_form)));
    of_a_form && !headers.contains_key(header::AUTHORIZATION)
}

/// Refuses an unsafe request with neither `Origin` nor `Sec-Fetch-Site`.
pub fn require_provenance(form_posts: &FormPosts, request: &mut Request) -> ControlFlow<Response> {
    let is_safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let is_form_post = form_posts.include(request.method(), request.uri().path());
    if is_safe || is_form_post || has_provenance(request.headers()) {
        return Continue(());
    }
    Break(StatusCode::FORBIDDEN.into_response())
}

/// An empty header counts as missing, as in tower-http's layer.
fn has_provenance(headers: &HeaderMap) -> bool {
    let has = |name: &str| headers.get(name).is_some_and(|value| !value.is_empty());
    has("origin") || has("sec-fetch-site")
}
