//! POST `/auth/logout` on its way to the server function `actions::sign_out`.

use axum::{
    extract::Request,
    http::header,
    response::{IntoResponse, Response},
};
use leptos::prelude::provide_context;
use tower_sessions::Session;

use super::callback::without_body;

/// Hands the request to the server function, with the session that it is to end.
pub async fn sign_out(session: Session, mut request: Request) -> Response {
    request.headers_mut().remove(header::REFERER);
    let response = leptos_axum::handle_server_fns_with_context(move || provide_context(session.clone()), request).await;
    without_body(response.into_response())
}
