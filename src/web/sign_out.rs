//! POST `/auth/logout`: passes the request to the server function of `account::sign_out`.

use axum::{
    body::Body,
    extract::{Extension, Request, State},
    response::{IntoResponse, Response},
};
use leptos::prelude::provide_context;

use super::{
    forms::{clean_headers, to_provider},
    server_functions,
    state::AppState,
};
use crate::account::StartedFlow;
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
    let started_flow = StartedFlow::default();
    let provide = {
        let started_flow = started_flow.clone();
        move || {
            provide_context(sign_out.clone());
            provide_context(started_flow.clone());
        }
    };
    match (server_functions::call(&app, provide, request).await, started_flow.request()) {
        (Ok(response), Some(onward)) => to_provider(&app, onward, response),
        (outcome, _) => outcome.into_response(),
    }
}
