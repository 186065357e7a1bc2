//! Redirects: always 303 (RFC 9700 §4.12), always to a URL that we made.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

use crate::{
    codes::{percent::with_return_to, sign_in_error::SignInError},
    relying_party::ReturnTo,
};

/// 303 See Other; 500 for a URL that is no header value.
pub fn see_other(location: &str) -> Response {
    match HeaderValue::from_str(location) {
        Ok(location) => (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// To the login page, with an error and its provider.
pub fn to_login(error: SignInError, slug: &str, return_to: &ReturnTo) -> Response {
    see_other(&error.login_path(Some(slug), Some(return_to.as_str())))
}

/// To the login page, and back to `path` after the sign-in.
pub fn to_sign_in_first(path: &str) -> Response {
    let back = ReturnTo::parse(path).unwrap_or_default();
    see_other(&with_return_to("/login", Some(back.as_str())))
}
