//! POST `/auth/google/credential`: Google's own button in redirect mode (Google Identity Services), a form from Google's
//! site with an id_token.
//!
//! The browser sends no `SameSite=Lax` cookie with it, so an existing session is invisible here. Its cookie is replaced, and
//! its row expires.

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
    sessions::{AuthorizationCallback, ClientInfo, Direction, SessionHandle, SignedIn, is_from_this_browser},
};

const GOOGLE: &str = "google";
/// Exempt from the cross-origin check.
pub const PATH: &str = "/auth/google/credential";
const ORIGIN: &str = "https://accounts.google.com";
/// An id_token is 1 to 2 KB.
const FORM_BYTES: usize = 16 * 1024;

/// Signs in, and redirects as the callback does. 403 for a form of another site, 400 for one that did not begin in this
/// browser.
pub async fn credential(
    State(app): State<AppState>,
    Extension(session): Extension<SessionHandle>,
    signed_in: Option<Extension<SignedIn>>,
    Extension(client): Extension<ClientInfo>,
    request: Request,
) -> Response {
    let provider = app.relying_party.provider(GOOGLE).filter(|_| app.google_button);
    let Some(provider) = provider else { return StatusCode::NOT_FOUND.into_response() };
    if is_cross_site(request.headers(), [ORIGIN, &origin_of(provider), &app.origin]) {
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
    let Some(id_token) = form.one("credential").filter(|_| is_from_this_browser(&parts.headers, csrf_token)) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let signed_in = signed_in.map(|Extension(signed_in)| signed_in);
    let was_signed_in = signed_in.is_some();
    let context = app.context(&parts.headers, session, signed_in, client);
    let callback = AuthorizationCallback { provider: GOOGLE.to_owned(), context };
    let Ok(redirect) = detached(&app, callback.complete_credential(id_token.to_owned())).await else {
        return to_login(SignInError::ServerError, GOOGLE, &ReturnTo::default());
    };
    let mut response = match redirect.direction(GOOGLE, was_signed_in) {
        Direction::To(page) => see_other(&page),
        Direction::Unavailable => return unavailable(),
    };
    for cookie in redirect.cookies {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// Whether `Origin` names none of the expected origins. `null` names none: any page can ask for it. Without the header, which a
/// browser sends with every POST, the cookie decides.
fn is_cross_site(headers: &HeaderMap, expected: [&str; 3]) -> bool {
    let is_expected = |origin: &HeaderValue| expected.iter().any(|expected| origin == expected);
    headers.get_all(header::ORIGIN).iter().any(|origin| !origin.is_empty() && !is_expected(origin))
}

/// The issuer's origin: Google's, or that of an endpoint override.
fn origin_of(provider: &Provider) -> String {
    Url::parse(provider.metadata.issuer()).map(|issuer| issuer.origin().ascii_serialization()).unwrap_or_default()
}

async fn read(body: Body) -> Result<Query, StatusCode> {
    let bytes = to_bytes(body, FORM_BYTES).await.map_err(|_| StatusCode::PAYLOAD_TOO_LARGE)?;
    let text = std::str::from_utf8(&bytes).map_err(|_| StatusCode::BAD_REQUEST)?;
    let form = Query::parse(Some(text));
    if form.repeats(&["credential", "g_csrf_token"]) { Err(StatusCode::BAD_REQUEST) } else { Ok(form) }
}
