//! POST `/auth/logout` on its way to the server function `actions::sign_out`.

use axum::{
    body::Body,
    extract::{Extension, Request, State},
    http::header,
    response::{IntoResponse, Response},
};
use leptos::prelude::provide_context;

use super::{server_functions, state::AppState};
use crate::sessions::{ClientInfo, SessionHandle, SignOut, SignedIn};

/// Hands the request to the server function, with the session that it is to end. The form has no fields: its body is
/// not read, so that nothing in it can fail.
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
    for name in [header::REFERER, header::CONTENT_LENGTH, header::TRANSFER_ENCODING] {
        request.headers_mut().remove(name);
    }
    request.headers_mut().insert(header::CONTENT_TYPE, FORM);
    server_functions::call(&app, move || provide_context(sign_out.clone()), request).await.into_response()
}

const FORM: header::HeaderValue = header::HeaderValue::from_static("application/x-www-form-urlencoded");
