//! An authorization response arrives: the redirect URI of every provider.

use leptos::{prelude::*, server_fn::codec::GetUrl};

/// GET `/auth/callback/{provider}`; the edge has put the provider, taken from the path, and whatever else the arrival
/// needs into the context; of a response that names a parameter twice it lets the state through alone.
///
/// It never returns `Err`: without JavaScript an error would be answered by a redirect to the `Referer`, which here
/// is the provider. Every way out is a 303 to an address of ours, or 503.
///
/// # Errors
/// Never.
#[server(name = Callback, prefix = "/auth", endpoint = "callback", input = GetUrl)]
pub async fn callback(
    /// `code`, RFC 6749 §4.1.2.
    code: Option<String>,
    /// `state`.
    state: Option<String>,
    /// `iss`, RFC 9207.
    iss: Option<String>,
    /// `error`, RFC 6749 §4.1.2.1.
    error: Option<String>,
) -> Result<(), ServerFnError> {
    use axum::http::{HeaderValue, StatusCode, header};
    use leptos_axum::ResponseOptions;

    use crate::{
        oauth::AuthorizationResponse,
        sessions::{AuthorizationCallback, Direction},
    };

    let reply = expect_context::<ResponseOptions>();
    let authorization_callback = expect_context::<AuthorizationCallback>();
    let slug = authorization_callback.provider.clone();
    let signed_in = authorization_callback.context.signed_in.is_some();
    let response = AuthorizationResponse::new(code, state, iss, error);
    let callback_redirect = authorization_callback.complete(response).await;
    let location = match callback_redirect.direction(&slug, signed_in) {
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
    for cookie in callback_redirect.cookies {
        reply.append_header(header::SET_COOKIE, cookie);
    }
    Ok(())
}
