//! Error pages: every layer reports an error by its status, and this layer, outside them all, renders the page.

use std::ops::ControlFlow;

use axum::{
    extract::Request,
    http::{HeaderValue, Method, StatusCode, header},
    response::{Html, IntoResponse, Response},
};

use super::{
    api::{error_of_status, is_path},
    around::{Around, around},
    health,
    request_log::REQUEST_ID,
    state::AppState,
};
use crate::{codes::page_error::PageError, ui::plain_document::error_page_html};

/// Adds the body to an error without one: a page for browsers, JSON under `/api/` and `/.well-known/`, otherwise one line of
/// text.
pub fn render(app: &AppState) -> Around<AppState, Asked> {
    around(app.clone(), ask, answer)
}

/// What a page depends on.
pub struct Asked {
    /// A probe gets its own text.
    is_probe: bool,
    wants_page: bool,
    is_api: bool,
    request_id: Option<HeaderValue>,
}

fn ask(_: &AppState, request: &mut Request) -> ControlFlow<Response, Asked> {
    let path = request.uri().path();
    ControlFlow::Continue(Asked {
        is_probe: health::is_path(path),
        wants_page: wants_page(request),
        is_api: is_path(path),
        request_id: request.headers().get(REQUEST_ID).cloned(),
    })
}

fn answer(app: &AppState, asked: Asked, mut response: Response) -> Response {
    let Asked { is_probe, wants_page, is_api, request_id } = asked;
    if !is_probe {
        add_retry_after(&mut response);
    }
    if is_api {
        return as_json(response);
    }
    let Some(error) = error_of(response.status()).filter(|_| !is_probe && !has_page(&response)) else {
        return response;
    };
    let (mut parts, _) = response.into_parts();
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.remove(header::CONTENT_TYPE);
    if wants_page {
        let is_ours = parts.status.is_server_error();
        let id = request_id.filter(|_| is_ours).and_then(|id| id.to_str().map(str::to_owned).ok());
        return (parts, Html(error_page_html(error, id, &app.assets))).into_response();
    }
    let reason = parts.status.canonical_reason().unwrap_or("error");
    (parts, format!("{reason}\n")).into_response()
}

/// The default, in seconds; the time-out layer sets none.
const RETRY_AFTER: HeaderValue = HeaderValue::from_static("5");

fn add_retry_after(response: &mut Response) {
    if response.status() == StatusCode::SERVICE_UNAVAILABLE {
        response.headers_mut().entry(header::RETRY_AFTER).or_insert(RETRY_AFTER);
    }
}

fn as_json(response: Response) -> Response {
    let Some(error) = error_of_status(response.status()).filter(|_| !has_page(&response)) else { return response };
    let mut answer = error.into_response();
    for name in [header::ALLOW, header::RETRY_AFTER] {
        if let Some(value) = response.headers().get(&name) {
            answer.headers_mut().insert(name, value.clone());
        }
    }
    answer
}

/// Whether a browser navigates.
fn wants_page(request: &Request) -> bool {
    let accepts_html = request
        .headers()
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"));
    accepts_html && *request.method() != Method::HEAD
}

fn has_page(response: &Response) -> bool {
    response
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|kind| kind.starts_with("text/html") || kind.starts_with("application/json"))
}

fn error_of(status: StatusCode) -> Option<PageError> {
    Some(match status {
        StatusCode::NOT_FOUND => PageError::NotFound,
        StatusCode::FORBIDDEN => PageError::CrossOrigin,
        StatusCode::METHOD_NOT_ALLOWED => PageError::MethodNotAllowed,
        StatusCode::TOO_MANY_REQUESTS => PageError::TooManyRequests,
        StatusCode::SERVICE_UNAVAILABLE => PageError::Unavailable,
        status if status.is_client_error() => PageError::BadRequest,
        status if status.is_server_error() => PageError::ServerError,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_503_has_a_retry_after() {
        let retry_after = |mut response: Response| {
            add_retry_after(&mut response);
            let seconds = response.headers().get(header::RETRY_AFTER).map(|value| value.to_str().unwrap().to_owned());
            let api = as_json(response).headers().get(header::RETRY_AFTER).cloned();
            assert_eq!(api.map(|value| value.to_str().unwrap().to_owned()), seconds);
            seconds
        };
        assert_eq!(retry_after(StatusCode::SERVICE_UNAVAILABLE.into_response()).as_deref(), Some("5"));
        let known = (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "30")]).into_response();
        assert_eq!(retry_after(known).as_deref(), Some("30"));
        assert_eq!(retry_after(StatusCode::NOT_FOUND.into_response()), None);
    }
}
