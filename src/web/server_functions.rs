//! Calls server functions from their routes.

use axum::{
    body::Body,
    extract::Request,
    http::header,
    response::{IntoResponse, Response},
};

use super::{
    detached::{PanicError, detached},
    state::AppState,
};

/// Passes a request to its server function, with the context of `provide`. It runs to its end even if the client
/// disconnects.
///
/// # Errors
/// If it panics.
pub async fn call(
    app: &AppState,
    provide: impl Fn() + Clone + Send + Sync + 'static,
    request: Request,
) -> Result<Response, PanicError> {
    let work = async move { leptos_axum::handle_server_fns_with_context(provide, request).await.into_response() };
    detached(app, work).await.map(without_body)
}

/// A redirect needs no body, and an error gets its page from `error_pages`.
fn without_body(response: Response) -> Response {
    let (mut parts, _) = response.into_parts();
    parts.headers.remove(header::CONTENT_TYPE);
    parts.headers.remove(header::CONTENT_LENGTH);
    if !parts.status.is_redirection() {
        // leptos_axum adds a `Location` to a form's error as well.
        parts.headers.remove(header::LOCATION);
    }
    Response::from_parts(parts, Body::empty())
}
