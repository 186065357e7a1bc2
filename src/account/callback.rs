//! The authorization callback: the redirect URI of every provider.

#![allow(clippy::too_many_arguments, reason = "a server function has one argument for each parameter of the response")]

use axum::http::{HeaderValue, StatusCode, header};
use leptos::{prelude::*, server_fn::codec::GetUrl};
use leptos_axum::ResponseOptions;

use crate::{
    oauth::AuthorizationResponse,
    sessions::{AuthorizationCallback, Direction},
};

/// GET `/auth/callback/{provider}` with the parameters of RFC 6749 §4.1.2 and RFC 9207, and Facebook's and Microsoft's own. `web::callback` provides the
/// [`AuthorizationCallback`]; of a response that repeats a parameter it passes on the state alone.
///
/// Never returns `Err`: without JavaScript, leptos_axum would answer an error by a redirect to the `Referer`, which here is
/// the provider. Every answer is a 303 to a path of this site, or a 503.
#[server(name = Callback, prefix = "/auth", endpoint = "callback", input = GetUrl)]
pub async fn callback(
    code: Option<String>,
    state: Option<String>,
    iss: Option<String>,
    error: Option<String>,
    error_reason: Option<String>,
    error_code: Option<String>,
    error_subcode: Option<String>,
    error_description: Option<String>,
) -> Result<(), ServerFnError> {
    let reply = expect_context::<ResponseOptions>();
    let callback = expect_context::<AuthorizationCallback>();
    let slug = callback.provider.clone();
    let was_signed_in = callback.context.signed_in.is_some();
    let response = AuthorizationResponse::new(code, state, iss, error)
        .with("error_reason", error_reason)
        .with("error_code", error_code)
        .with("error_subcode", error_subcode)
        .with("error_description", error_description);
    // The futures of server functions are moved a dozen times, and this one has twelve kilobytes.
    let redirect = Box::pin(callback.complete(response)).await;
    let location = match redirect.direction(&slug, was_signed_in) {
        Direction::To(page) => page,
        Direction::Unavailable => {
            reply.set_status(StatusCode::SERVICE_UNAVAILABLE);
            reply.insert_header(header::RETRY_AFTER, HeaderValue::from_static("5"));
            return Ok(());
        }
    };
    reply.set_status(StatusCode::SEE_OTHER);
    if let Ok(location) = HeaderValue::from_str(&location) {
        reply.insert_header(header::LOCATION, location);
    }
    for cookie in redirect.cookies {
        reply.append_header(header::SET_COOKIE, cookie);
    }
    Ok(())
}
