//! Redirects of ours: always 303 (RFC 9700 §4.12), always to an address that we made.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

use crate::{codes::sign_in_error::SignInError, relying_party::ReturnTo};

/// 303 See Other. An address that is no header value, which none of ours is, becomes a plain error.
pub fn see_other(location: &str) -> Response {
    match HeaderValue::from_str(location) {
        Ok(location) => (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// To the login page, with a refusal's code, the provider that it was tried with, and where the person was going.
pub fn to_login(sign_in_error: SignInError, slug: &str, return_to: &ReturnTo) -> Response {
    see_other(&sign_in_error.login_path(Some(slug), Some(return_to.as_str())))
}

/// To the login page, and from there back to what was asked for.
pub fn to_sign_in_first(asked_for: &str) -> Response {
    let back = ReturnTo::parse(asked_for).unwrap_or_default();
    let query: String =
        url::form_urlencoded::Serializer::new(String::new()).append_pair("return_to", back.as_str()).finish();
    see_other(&format!("/login?{query}"))
}
