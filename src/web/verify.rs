//! GET `/auth/verify`: who is signed in, for a proxy that stands in front of another service and asks before it lets a
//! request through (nginx `auth_request`, Caddy `forward_auth`, Traefik `ForwardAuth`).
//!
//! It tells and changes nothing: no cookie is set, as most proxies would not pass it on, and no token used up.

use axum::{
    extract::{RawQuery, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
};

use super::{
    api::{Means, challenge},
    query::Query,
    redirect::see_other,
    request_context::session_error,
    state::AppState,
};
use crate::{
    accounts::{EmailAddress, EmailRequirement},
    codes::{api::ApiCode, percent::with_return_to},
    relying_party::ReturnTo,
    sessions::{ForwardAuth, Principal, SessionError},
};

const USER_ID: HeaderName = HeaderName::from_static("x-user-id");
const USER_EMAIL: HeaderName = HeaderName::from_static("x-user-email");
const USER_NAME: HeaderName = HeaderName::from_static("x-user-name");
/// Where to sign in.
const SIGN_IN: HeaderName = HeaderName::from_static("x-sign-in");
/// What the person asked the proxy for: nginx by its configuration, Caddy and Traefik of themselves.
const ASKED_FOR: [&str; 2] = ["x-original-uri", "x-forwarded-uri"];

/// 200 with who it is, or 401 with where to sign in; with `?redirect=1`, for proxies that hand our answer on, 303 to there.
pub async fn verify(State(app): State<AppState>, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    let known = match who_asks(&app, &headers).await {
        Ok(known) => known,
        Err(error) => return session_error(&error),
    };
    let redirect = Query::parse(query.as_deref()).one("redirect") == Some("1");
    match known {
        Some(known) if app.email_requirement == EmailRequirement::Require && known.email.is_none() => {
            lead(&app, "/add-email", ApiCode::AddressRequired, &headers, redirect)
        }
        Some(known) => told(&known),
        None => lead(&app, "/login", what_is_wrong(&headers), &headers, redirect),
    }
}

/// An `Authorization` header decides alone, valid or not, as at the API; without one the cookies do.
async fn who_asks(app: &AppState, headers: &HeaderMap) -> Result<Option<Principal>, SessionError> {
    let forward_auth = ForwardAuth {
        database: &app.database,
        tokens: &app.tokens,
        transport: &app.transport,
        cookies: app.cookies,
        clock: &app.clock,
    };
    match Means::of(headers) {
        Means::Cookie => forward_auth.browser(headers).await,
        Means::Bearer(token) => forward_auth.bearer(token).await,
        Means::Unreadable => Ok(None),
    }
}

fn told(known: &Principal) -> Response {
    let mut response = StatusCode::OK.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, NO_STORE);
    let email = known.email.as_ref().map(EmailAddress::as_str);
    for (name, text) in [
        (USER_ID, Some(known.id.to_string())),
        (USER_EMAIL, email.map(plain)),
        (USER_NAME, known.name.as_deref().map(plain)),
    ] {
        if let Some(value) = text.and_then(|text| HeaderValue::from_str(&text).ok()) {
            headers.insert(name, value);
        }
    }
    response
}

/// Printable ASCII as it is; everything else, and the percent sign, percent-encoded as UTF-8: a header holds no more, and a
/// name must not be able to look like two headers.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b' '..=b'~' if byte != b'%' => plain.push(char::from(byte)),
            _ => plain.push_str(&format!("%{byte:02X}")),
        }
    }
    plain
}

/// As at the API: who brought something that is no token of ours, or is none any more, hears that it is not valid.
fn what_is_wrong(headers: &HeaderMap) -> ApiCode {
    match Means::of(headers) {
        Means::Cookie => ApiCode::NotSignedIn,
        Means::Bearer(_) | Means::Unreadable => ApiCode::InvalidToken,
    }
}

fn lead(app: &AppState, page: &str, code: ApiCode, asked: &HeaderMap, redirect: bool) -> Response {
    let address = format!("{}{}", app.origin, with_return_to(page, Some(return_to(asked).as_str())));
    let mut response = if redirect {
        see_other(&address)
    } else {
        (StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, challenge(code))], Html(small_page(&address)))
            .into_response()
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, NO_STORE);
    if let Ok(address) = HeaderValue::from_str(&address) {
        headers.insert(SIGN_IN, address);
    }
    response
}

/// What the person asked for, if it can only be a path of ours. Anybody may send these headers here; all they get is a link
/// for themselves.
fn return_to(asked: &HeaderMap) -> ReturnTo {
    let asked = ASKED_FOR.iter().find_map(|name| asked.get(*name));
    asked.and_then(|value| value.to_str().ok()).and_then(ReturnTo::parse).unwrap_or_default()
}

/// For people whose proxy shows it to them. The address is of our making, and holds nothing that means anything in HTML.
fn small_page(address: &str) -> String {
    format!(
        "<!DOCTYPE html><html lang=\"en\"><meta charset=\"utf-8\"><title>Sign in first</title>\
         <p>This page is for people who are signed in. <a href=\"{address}\">Sign in</a> and come back.</p></html>\n"
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
    fn a_name_is_one_header_whatever_is_in_it(#[case] name: &str, #[case] header: &str) {
        assert_eq!(plain(name), header);
        assert!(HeaderValue::from_str(&plain(name)).is_ok());
    }

    #[rstest]
    #[case("x-original-uri", "/docs/?a=b", "/docs/?a=b")]
    #[case("x-forwarded-uri", "/docs/", "/docs/")]
    #[case("x-original-uri", "https://evil.example/", "/dashboard")]
    #[case("x-original-uri", "//evil.example/", "/dashboard")]
    #[case("x-other", "/docs/", "/dashboard")]
    fn what_was_asked_for_is_a_path_of_ours(
        #[case] name: &'static str,
        #[case] value: &'static str,
        #[case] page: &str,
    ) {
        let headers = HeaderMap::from_iter([(HeaderName::from_static(name), HeaderValue::from_static(value))]);
        assert_eq!(return_to(&headers).as_str(), page);
    }
}
