//! GET `/auth/callback/{provider}` on its way to the server function `actions::callback`.

use axum::{
    extract::{Extension, Path, Request, State},
    http::{Uri, header},
    response::{IntoResponse, Response},
};
use leptos::{prelude::provide_context, server_fn::ServerFn};

use super::{query::Query, redirect::see_other, server_functions, state::AppState};
use crate::{
    actions::callback::Callback,
    codes::sign_in_error::SignInError,
    sessions::{AuthorizationCallback, ClientInfo, SessionHandle, SignedIn},
};

/// The parameters of a response that we read. What else providers send along (`scope`, `authuser`, `session_state`,
/// and the error's own text, which is a stranger's) goes no further than here.
const PARAMETERS: [&str; 4] = ["code", "state", "iss", "error"];

/// Checks what a server function cannot (the path, duplicates) and hands the response to it.
pub async fn callback(
    State(app): State<AppState>,
    Path(slug): Path<String>,
    Extension(session): Extension<SessionHandle>,
    signed_in: Option<Extension<SignedIn>>,
    Extension(client): Extension<ClientInfo>,
    mut request: Request,
) -> Response {
    if app.relying_party.provider(&slug).is_none() {
        return axum::http::StatusCode::NOT_FOUND.into_response();
    }
    let query = Query::parse(request.uri().query());
    let signed_in = signed_in.map(|Extension(signed_in)| signed_in);
    let authorization_callback = AuthorizationCallback {
        provider: slug.clone(),
        context: app.context(request.headers(), session, signed_in, client),
    };
    *request.uri_mut() = server_function_address(&query);
    // A server function that sets no `Location` would be answered by a redirect to this header.
    request.headers_mut().remove(header::REFERER);
    match server_functions::call(&app, move || provide_context(authorization_callback.clone()), request).await {
        Ok(response) => response,
        Err(_) => see_other(&SignInError::ServerError.login_path(Some(&slug), None)),
    }
}

/// The one server function of all redirect URIs, with the parameters that count.
fn server_function_address(query: &Query) -> Uri {
    let path = <Callback as ServerFn>::PATH;
    let address = format!("{path}?{}", response_parameters(query));
    address.parse().unwrap_or_else(|_| Uri::from_static("/auth/callback"))
}

/// The parameters of a response that count, as a query.
///
/// Of a response that says something twice only the state counts: it is refused, and its flow is used up. Somebody who
/// spoils a response on its way must not keep its code alive.
pub(super) fn response_parameters(query: &Query) -> String {
    let mut pairs = url::form_urlencoded::Serializer::new(String::new());
    let parameters = if query.repeats(&PARAMETERS) { &["state"] } else { &PARAMETERS[..] };
    for name in parameters {
        if let Some(value) = query.one(name) {
            pairs.append_pair(name, value);
        }
    }
    pairs.finish()
}
