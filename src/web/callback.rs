//! GET `/auth/callback/{provider}`: passes the response to the server function of `account::callback`.

use axum::{
    extract::{Extension, Path, Request, State},
    http::{Uri, header},
    response::{IntoResponse, Response},
};
use leptos::{prelude::provide_context, server_fn::ServerFn};

use super::{query::Query, redirect::see_other, server_functions, state::AppState};
use crate::{
    account::Callback,
    codes::sign_in_error::SignInError,
    sessions::{AuthorizationCallback, ClientInfo, SessionHandle, SignedIn},
};

/// The parameters that are passed on. Others (`scope`, `authuser`, `session_state`, `error_uri`) are dropped.
const PARAMETERS: [&str; 4] = ["code", "state", "iss", "error"];
/// By these, some providers say that the user cancelled; dropped where it is repeated.
const ERROR_DETAILS: [&str; 3] = ["error_reason", "error_code", "error_subcode"];
/// For the operator. Dropped where it is repeated or very long.
const DESCRIPTION: &str = "error_description";
/// In bytes.
const LONGEST_DESCRIPTION: usize = 4096;

/// Checks what a server function cannot: the path and repeated parameters.
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
    let callback = AuthorizationCallback {
        provider: slug.clone(),
        context: app.context(request.headers(), session, signed_in, client),
    };
    *request.uri_mut() = server_function_url(&query);
    // leptos_axum would redirect to it if the server function set no `Location`.
    request.headers_mut().remove(header::REFERER);
    match server_functions::call(&app, move || provide_context(callback.clone()), request).await {
        Ok(response) => response,
        Err(_) => see_other(&SignInError::ServerError.login_path(Some(&slug), None)),
    }
}

fn server_function_url(query: &Query) -> Uri {
    let path = <Callback as ServerFn>::PATH;
    let url = format!("{path}?{}", response_parameters(query));
    url.parse().unwrap_or_else(|_| Uri::from_static("/auth/callback"))
}

/// The parameters of a response, as a query.
///
/// Of a response that repeats a parameter only the state is passed on: it is refused, and its flow is used up, so that an
/// attacker who tampers with a response cannot keep its code alive.
pub(super) fn response_parameters(query: &Query) -> String {
    let mut pairs = url::form_urlencoded::Serializer::new(String::new());
    let (parameters, details) = match query.repeats(&PARAMETERS) {
        true => (&["state"][..], &[][..]),
        false => (&PARAMETERS[..], &ERROR_DETAILS[..]),
    };
    for name in parameters.iter().chain(details) {
        if let Some(value) = query.one(name) {
            pairs.append_pair(name, value);
        }
    }
    let described = query.one("error").is_some() && parameters.len() > 1;
    if let Some(text) = query.one(DESCRIPTION).filter(|text| described && text.len() <= LONGEST_DESCRIPTION) {
        pairs.append_pair(DESCRIPTION, text);
    }
    pairs.finish()
}
