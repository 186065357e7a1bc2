//! GET `/auth/verify`: forward auth for a proxy in front of another service (nginx `auth_request`, Caddy `forward_auth`,
//! Traefik `ForwardAuth`).
//!
//! It is read-only: it sets no cookie, which most proxies would not pass on, and uses up no refresh token.

use axum::{
    extract::{RawQuery, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
};

use super::{
    api::{Authentication, challenge},
    query::Query,
    redirect::see_other,
    request_context::session_error,
    state::AppState,
};
use crate::{
    accounts::{EmailAddress, EmailRequirement},
    codes::{api_error::ApiError, percent::with_return_to},
    relying_party::ReturnTo,
    sessions::{ForwardAuth, Principal, SessionError},
};

const USER_ID: HeaderName = HeaderName::from_static("x-user-id");
const USER_EMAIL: HeaderName = HeaderName::from_static("x-user-email");
const USER_NAME: HeaderName = HeaderName::from_static("x-user-name");
/// The URL of the login page.
const SIGN_IN: HeaderName = HeaderName::from_static("x-sign-in");
/// The URI that the proxy received: nginx sends it by configuration, Caddy and Traefik by default.
const ORIGINAL_URI: [&str; 2] = ["x-original-uri", "x-forwarded-uri"];

/// 200 with the user, or 401 with the URL of the login page. With `?redirect=1`, for proxies that pass our answer on, 303 to
/// that URL.
pub async fn verify(State(app): State<AppState>, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    let principal = match principal_of(&app, &headers).await {
        Ok(principal) => principal,
        Err(error) => return session_error(&error),
    };
    let redirect = Query::parse(query.as_deref()).one("redirect") == Some("1");
    match principal {
        Some(principal) if app.email_requirement == EmailRequirement::Require && principal.email.is_none() => {
            to_page(&app, "/add-email", ApiError::AddressRequired, &headers, redirect)
        }
        Some(principal) => identity_headers(&principal),
        None => to_page(&app, "/login", error_of(&headers), &headers, redirect),
    }
}

/// As at the API, an `Authorization` header decides alone, valid or not; without one the cookies do.
async fn principal_of(app: &AppState, headers: &HeaderMap) -> Result<Option<Principal>, SessionError> {
    let forward_auth = ForwardAuth {
        database: &app.database,
        tokens: &app.tokens,
        transport: &app.transport,
        cookies: app.cookies,
        clock: &app.clock,
    };
    match Authentication::of(headers) {
        Authentication::Cookie => forward_auth.browser(headers).await,
        Authentication::Bearer(token) => forward_auth.bearer(token).await,
        Authentication::Unreadable => Ok(None),
    }
}

fn identity_headers(principal: &Principal) -> Response {
    let mut response = StatusCode::OK.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, NO_STORE);
    let email = principal.email.as_ref().map(EmailAddress::as_str);
    for (name, text) in [
        (USER_ID, Some(principal.id.to_string())),
        (USER_EMAIL, email.map(header_text)),
        (USER_NAME, principal.name.as_deref().map(header_text)),
    ] {
        if let Some(value) = text.and_then(|text| HeaderValue::from_str(&text).ok()) {
            headers.insert(name, value);
        }
    }
    response
}

/// Percent-encodes everything but printable ASCII, and the percent sign, as UTF-8: a name must fit into one header.
fn header_text(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b' '..=b'~' if byte != b'%' => plain.push(char::from(byte)),
            _ => plain.push_str(&format!("%{byte:02X}")),
        }
    }
    plain
}

fn error_of(headers: &HeaderMap) -> ApiError {
    match Authentication::of(headers) {
        Authentication::Cookie => ApiError::NotSignedIn,
        Authentication::Bearer(_) | Authentication::Unreadable => ApiError::InvalidToken,
    }
}

fn to_page(app: &AppState, page: &str, error: ApiError, request: &HeaderMap, redirect: bool) -> Response {
    let url = format!("{}{}", app.origin, with_return_to(page, Some(return_to(request).as_str())));
    let mut response = if redirect {
        see_other(&url)
    } else {
        (StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, challenge(error))], Html(small_page(&url)))
            .into_response()
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, NO_STORE);
    if let Ok(url) = HeaderValue::from_str(&url) {
        headers.insert(SIGN_IN, url);
    }
    response
}

/// The path that the user requested, if it is a local one. Any client can send these headers, and gets a link for itself.
fn return_to(request: &HeaderMap) -> ReturnTo {
    let uri = ORIGINAL_URI.iter().find_map(|name| request.get(*name));
    uri.and_then(|value| value.to_str().ok()).and_then(ReturnTo::parse).unwrap_or_default()
}

/// For users whose proxy shows this answer. We made the URL: it contains no HTML metacharacters.
fn small_page(url: &str) -> String {
    format!(
        "<!DOCTYPE html><html lang=\"en\"><meta charset=\"utf-8\"><title>Sign in first</title>\
         <p>Sign in to see this page. <a href=\"{url}\">Sign in</a></p></html>\n"
    )
}

const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("Ada Lovelace", "Ada Lovelace")]
    #[case("Zoë", "Zo%C3%AB")]
    #[case("100%", "100%25")]
    #[case("a\r\nX-User-Id: b", "a%0D%0AX-User-Id: b")]
    #[case("\u{7f}", "%7F")]
    fn any_name_fits_into_one_header(#[case] name: &str, #[case] header: &str) {
        assert_eq!(header_text(name), header);
        assert!(HeaderValue::from_str(&header_text(name)).is_ok());
    }

    #[rstest]
    #[case("x-original-uri", "/docs/?a=b", "/docs/?a=b")]
    #[case("x-forwarded-uri", "/docs/", "/docs/")]
    #[case("x-original-uri", "https://evil.example/", "/dashboard")]
    #[case("x-original-uri", "//evil.example/", "/dashboard")]
    #[case("x-other", "/docs/", "/dashboard")]
    fn the_original_uri_must_be_a_local_path(
        #[case] name: &'static str,
        #[case] value: &'static str,
        #[case] page: &str,
    ) {
        let headers = HeaderMap::from_iter([(HeaderName::from_static(name), HeaderValue::from_static(value))]);
        assert_eq!(return_to(&headers).as_str(), page);
    }
}
