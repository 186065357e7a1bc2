//! POST `/auth/google/credential`: Google's own button, in redirect mode (Google Identity Services). The form comes from
//! Google's site with an id_token in it.
//!
//! The browser sends no `SameSite=Lax` cookie along: a session that it has is not seen here. It is left to its end, and its
//! cookie is replaced.

use axum::{
    body::{Body, to_bytes},
    extract::{Extension, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use url::Url;

use super::{
    detached::detached,
    form_post::is_form,
    query::Query,
    redirect::{see_other, to_login},
    request_context::unavailable,
    state::AppState,
};
use crate::{
    codes::sign_in_error::SignInError,
    providers::Provider,
    relying_party::ReturnTo,
    sessions::{AuthorizationCallback, ClientInfo, Direction, SessionHandle, SignedIn, is_of_this_browser},
};

/// The provider whose button it is.
const GOOGLE: &str = "google";
/// The path. The cross-origin check lets forms from elsewhere in here.
pub const PATH: &str = "/auth/google/credential";
/// Where Google's forms come from.
const ORIGIN: &str = "https://accounts.google.com";
/// An id_token is 1 to 2 KB.
const FORM_BYTES: usize = 16 * 1024;

/// Signs in whom the id_token names, and leads on as the callback does; 403 for a form that another site sent, 400 for one
/// that did not begin in this browser.
pub async fn credential(
    State(app): State<AppState>,
    Extension(session): Extension<SessionHandle>,
    signed_in: Option<Extension<SignedIn>>,
    Extension(client): Extension<ClientInfo>,
    request: Request,
) -> Response {
    let Some(provider) = app.relying_party.provider(GOOGLE) else { return StatusCode::NOT_FOUND.into_response() };
    if is_from_elsewhere(request.headers(), [ORIGIN, &origin_of(provider), &app.origin]) {
        return StatusCode::FORBIDDEN.into_response();
    }
    if !is_form(request.headers()) {
        return StatusCode::UNSUPPORTED_MEDIA_TYPE.into_response();
    }
    let (parts, body) = request.into_parts();
    let form = match read(body).await {
        Ok(form) => form,
        Err(status) => return status.into_response(),
    };
    let csrf_token = form.one("g_csrf_token").unwrap_or_default();
    let Some(id_token) = form.one("credential").filter(|_| is_of_this_browser(&parts.headers, csrf_token)) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let signed_in = signed_in.map(|Extension(signed_in)| signed_in);
    let was_signed_in = signed_in.is_some();
    let context = app.context(&parts.headers, session, signed_in, client);
    let authorization_callback = AuthorizationCallback { provider: GOOGLE.to_owned(), context };
    let Ok(callback_redirect) = detached(&app, authorization_callback.complete_credential(id_token.to_owned())).await
    else {
        return to_login(SignInError::ServerError, GOOGLE, &ReturnTo::default());
    };
    let mut response = match callback_redirect.direction(GOOGLE, was_signed_in) {
        Direction::To(page) => see_other(&page),
        Direction::Unavailable => return unavailable(),
    };
    for cookie in callback_redirect.cookies {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// Whether a browser says that the form is of none of these origins. One that says nothing, or `null` (as a page may ask it
/// to), says nothing against it; what counts then is the cookie.
fn is_from_elsewhere(headers: &HeaderMap, expected: [&str; 3]) -> bool {
    let says_nothing = |origin: &HeaderValue| origin.is_empty() || origin == "null";
    let is_expected = |origin: &HeaderValue| expected.iter().any(|expected| origin == expected);
    headers.get_all(header::ORIGIN).iter().any(|origin| !says_nothing(origin) && !is_expected(origin))
}

/// Google's own, or that of a stand-in.
fn origin_of(provider: &Provider) -> String {
    Url::parse(provider.metadata.issuer()).map(|issuer| issuer.origin().ascii_serialization()).unwrap_or_default()
}

async fn read(body: Body) -> Result<Query, StatusCode> {
    let bytes = to_bytes(body, FORM_BYTES).await.map_err(|_| StatusCode::PAYLOAD_TOO_LARGE)?;
    let text = std::str::from_utf8(&bytes).map_err(|_| StatusCode::BAD_REQUEST)?;
    let form = Query::parse(Some(text));
    if form.repeats(&["credential", "g_csrf_token"]) { Err(StatusCode::BAD_REQUEST) } else { Ok(form) }
}
