//! POST `/auth/logout`: passes the request to the server function of `account::sign_out`.

use axum::{
    body::Body,
    extract::{Extension, Request, State},
    response::{IntoResponse, Response},
};
use leptos::prelude::provide_context;

use super::{forms::clean_headers, server_functions, state::AppState};
use crate::sessions::{ClientInfo, SessionHandle, SignOut, SignedIn};

/// The form has no fields. Its body is not read, so that nothing in it can fail.
pub async fn sign_out(
    State(app): State<AppState>,
    Extension(session): Extension<SessionHandle>,
    signed_in: Option<Extension<SignedIn>>,
    Extension(client): Extension<ClientInfo>,
    request: Request,
) -> Response {
    let signed_in = signed_in.map(|Extension(signed_in)| signed_in);
    let sign_out = SignOut(app.context(request.headers(), session, signed_in, client));
    let mut request = request.map(|_| Body::empty());
    clean_headers(request.headers_mut());
    server_functions::call(&app, move || provide_context(sign_out.clone()), request).await.into_response()
}
