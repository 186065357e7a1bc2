//! Server functions, called from their routes.

use axum::{
    body::Body,
    extract::Request,
    http::header,
    response::{IntoResponse, Response},
};

use super::{
    detached::{Panicked, detached},
    state::AppState,
};

/// Hands a request to its server function, which finds there what `provide` provides, and is carried out to its end even if the browser
/// goes away.
///
/// # Errors
/// [`Panicked`].
pub async fn call(
    app: &AppState,
    provide: impl Fn() + Clone + Send + Sync + 'static,
    request: Request,
) -> Result<Response, Panicked> {
    let work = async move { leptos_axum::handle_server_fns_with_context(provide, request).await.into_response() };
    detached(app, work).await.map(without_body)
}

/// A redirect carries nothing, and an error gets its page from the layer outside.
fn without_body(response: Response) -> Response {
    let (mut parts, _) = response.into_parts();
    parts.headers.remove(header::CONTENT_TYPE);
    parts.headers.remove(header::CONTENT_LENGTH);
    if !parts.status.is_redirection() {
        // leptos_axum leads a form's answer somewhere even when it is an error.
        parts.headers.remove(header::LOCATION);
    }
    Response::from_parts(parts, Body::empty())
}
