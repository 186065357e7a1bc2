//! `/auth/verify`: forward auth for a proxy in front of another service (nginx `auth_request`, Caddy `forward_auth`, Traefik
//! `ForwardAuth`, Envoy `ext_authz`).
//!
//! It is read-only: it sets no cookie, which most proxies would not pass on, and uses up no refresh token. So any method will
//! do, and the body is not read.

mod credential;
mod identity_headers;
mod original_url;

use axum::{
    Router,
    extract::{RawQuery, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header},
    response::{Html, IntoResponse, Response},
    routing::any,
};

use self::{credential::Credential, identity_headers::identity_headers, original_url::return_to};
use super::{api::challenge, query::Query, redirect::see_other, request_context::session_error, state::AppState};
use crate::{
    accounts::EmailRequirement,
    codes::{api_error::ApiError, percent::with_return_to},
    sessions::{ForwardAuth, Principal, SessionError},
};

/// Of a request, `redirect` asks for a redirect to the sign-in; of a response, the URL of the sign-in.
const SIGN_IN: HeaderName = HeaderName::from_static("x-sign-in");
const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");

/// Any method: proxies may keep that of the request (Envoy; Traefik's `preserveRequestMethod`). The second and third are for
/// those that append the path.
pub fn is_path(path: &str) -> bool {
    path.strip_prefix("/auth/verify").is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/auth/verify", any(verify))
        .route("/auth/verify/", any(verify))
        .route("/auth/verify/{*path}", any(verify))
}

/// 200 with the user, or 401 with the URL of the sign-in. With `?redirect=1` or `X-Sign-In: redirect`, for proxies that pass
/// the response on, 303 to that URL.
async fn verify(State(app): State<AppState>, uri: Uri, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    let credential = Credential::of(&headers, app.forward_auth);
    let principal = match principal_of(&app, &headers, &credential).await {
        Ok(principal) => principal,
        Err(error) => return session_error(&error),
    };
    let (page, error) = match principal {
        Some(principal) if app.email_requirement == EmailRequirement::Require && principal.email.is_none() => {
            ("/add-email", ApiError::AddressRequired)
        }
        Some(principal) => return identity_headers(&principal),
        None => ("/login", credential.error()),
    };
    let url = format!("{}{}", app.origin, with_return_to(page, Some(return_to(&uri, &headers, &app.origin).as_str())));
    let asks_to_redirect = headers.get(SIGN_IN).is_some_and(|value| value == "redirect");
    sign_in(&url, error, asks_to_redirect || Query::parse(query.as_deref()).one("redirect") == Some("1"))
}

async fn principal_of(
    app: &AppState,
    headers: &HeaderMap,
    credential: &Credential<'_>,
) -> Result<Option<Principal>, SessionError> {
    let forward_auth = ForwardAuth {
        database: &app.database,
        tokens: &app.tokens,
        transport: &app.transport,
        cookies: app.cookies,
        clock: &app.clock,
    };
    match credential {
        Credential::AccessToken(token) => forward_auth.bearer(token).await,
        // In this order, because a valid token is the common case: it is found in a cache, without being read.
        Credential::AccessTokenOrCookies(token) => match forward_auth.bearer(token).await? {
            None if !app.tokens.is_issued_here(token) => forward_auth.browser(headers).await,
            principal => Ok(principal),
        },
        Credential::Cookies => forward_auth.browser(headers).await,
        Credential::None => Ok(None),
    }
}

/// Where to sign in, or to add an email address.
fn sign_in(url: &str, error: ApiError, redirect: bool) -> Response {
    let mut response = if redirect {
        see_other(url)
    } else {
        (StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, challenge(error))], Html(small_page(url)))
            .into_response()
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, NO_STORE);
    if let Ok(url) = HeaderValue::from_str(url) {
        headers.insert(SIGN_IN, url);
    }
    response
}

/// For users whose proxy shows this response. We made the URL: it contains no HTML metacharacters.
fn small_page(url: &str) -> String {
    format!(
        "<!DOCTYPE html><html lang=\"en\"><meta charset=\"utf-8\"><title>Sign in first</title>\
         <p>Sign in to see this page. <a href=\"{url}\">Sign in</a></p></html>\n"
    )
}
