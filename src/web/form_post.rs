//! POST `/auth/callback/{provider}`: OAuth 2.0 Form Post Response Mode, which Apple uses.
//!
//! The form comes from the provider's site, so the browser sends none of our `SameSite=Lax` cookies with it. This handler
//! only redirects to the same URL by GET, where the browser sends the flow's cookie.

use axum::{
    body::{Body, to_bytes},
    extract::{Path, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

use super::{callback::response_parameters, query::Query, redirect::see_other, state::AppState};
use crate::providers::apple;

/// A code, a state and a name are 1 KB.
const FORM_BYTES: usize = 16 * 1024;
/// Longest value that is passed on, in bytes; a code is no longer.
const VALUE_BYTES: usize = 4096;

/// 405 for a provider that does not use this mode.
pub async fn form_post(State(app): State<AppState>, Path(slug): Path<String>, request: Request) -> Response {
    let Some(provider) = app.relying_party.provider(&slug) else { return StatusCode::NOT_FOUND.into_response() };
    if !provider.spec.form_post {
        return (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "GET,HEAD")]).into_response();
    }
    if !is_form(request.headers()) {
        return StatusCode::UNSUPPORTED_MEDIA_TYPE.into_response();
    }
    match read(request.into_body()).await {
        Ok(form) => redirect_to_get(&app, &slug, &form),
        Err(status) => status.into_response(),
    }
}

fn redirect_to_get(app: &AppState, slug: &str, form: &Query) -> Response {
    let query = response_parameters(form);
    let mut response = see_other(&format!("/auth/callback/{slug}?{query}"));
    if let Some(cookie) = name_cookie(app, form) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// Apple sends the name only once: it is kept before anything can fail, and never in a URL.
fn name_cookie(app: &AppState, form: &Query) -> Option<HeaderValue> {
    let (state, user) = form.one("state").zip(form.one("user"))?;
    let name = apple::name_of_user(user).filter(|_| !form.repeats(&["state", "user"]))?;
    app.jar.name.keep(state, &name)
}

pub(super) fn is_form(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

async fn read(body: Body) -> Result<Query, StatusCode> {
    let bytes = to_bytes(body, FORM_BYTES).await.map_err(|_| StatusCode::PAYLOAD_TOO_LARGE)?;
    let text = std::str::from_utf8(&bytes).map_err(|_| StatusCode::BAD_REQUEST)?;
    let form = Query::parse(Some(text));
    if form.is_longer_than(VALUE_BYTES) { Err(StatusCode::PAYLOAD_TOO_LARGE) } else { Ok(form) }
}
