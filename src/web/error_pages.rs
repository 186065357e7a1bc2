//! Errors as pages: whatever layer refuses a request says so by a status, and this layer, outside them all, makes a
//! page of it that a person understands.

use axum::{
    extract::{Request, State},
    http::{HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{Html, IntoResponse, Response},
};

use super::{
    api::{failure_of_status, is_path},
    state::AppState,
};
use crate::ui::{app::problem_html, view::ErrorPage};

/// Gives an error status without a page its page, or a line of text where no page is wanted; under `/api/` and
/// `/.well-known/` the API's JSON.
pub async fn dress(State(app): State<AppState>, request: Request, next: Next) -> Response {
    // What a probe is told is for machines, and says more than a status.
    let is_probe = matches!(request.uri().path(), "/healthz" | "/readyz");
    let wants_page = wants_page(&request);
    let is_api = is_path(request.uri().path());
    let mut response = next.run(request).await;
    if !is_probe {
        say_when(&mut response);
    }
    if is_api {
        return as_json(response);
    }
    let Some(problem) = problem_of(response.status()).filter(|_| !is_probe && !has_page(&response)) else {
        return response;
    };
    let (mut parts, _) = response.into_parts();
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.remove(header::CONTENT_TYPE);
    if wants_page {
        return (parts, Html(problem_html(problem, &app.assets))).into_response();
    }
    let reason = parts.status.canonical_reason().unwrap_or("error");
    (parts, format!("{reason}\n")).into_response()
}

/// Seconds after which to try again, where nobody knows better: the layer that ends what takes too long does not say.
const TRY_AGAIN: HeaderValue = HeaderValue::from_static("5");

fn say_when(response: &mut Response) {
    if response.status() == StatusCode::SERVICE_UNAVAILABLE {
        response.headers_mut().entry(header::RETRY_AFTER).or_insert(TRY_AGAIN);
    }
}

fn as_json(response: Response) -> Response {
    let Some(failure) = failure_of_status(response.status()).filter(|_| !has_page(&response)) else { return response };
    let mut answer = failure.into_response();
    for name in [header::ALLOW, header::RETRY_AFTER] {
        if let Some(value) = response.headers().get(&name) {
            answer.headers_mut().insert(name, value.clone());
        }
    }
    answer
}

/// A browser that navigates; scripts and probes get a line of text.
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

fn problem_of(status: StatusCode) -> Option<ErrorPage> {
    Some(match status {
        StatusCode::NOT_FOUND => ErrorPage::NotFound,
        StatusCode::FORBIDDEN => ErrorPage::CrossOrigin,
        StatusCode::METHOD_NOT_ALLOWED => ErrorPage::MethodNotAllowed,
        StatusCode::TOO_MANY_REQUESTS => ErrorPage::TooManyRequests,
        StatusCode::SERVICE_UNAVAILABLE => ErrorPage::Unavailable,
        status if status.is_client_error() => ErrorPage::BadRequest,
        status if status.is_server_error() => ErrorPage::ServerError,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_turned_away_for_a_while_hears_for_how_long() {
        let told = |mut response: Response| {
            say_when(&mut response);
            let seconds = response.headers().get(header::RETRY_AFTER).map(|value| value.to_str().unwrap().to_owned());
            let api = as_json(response).headers().get(header::RETRY_AFTER).cloned();
            assert_eq!(api.map(|value| value.to_str().unwrap().to_owned()), seconds);
            seconds
        };
        assert_eq!(told(StatusCode::SERVICE_UNAVAILABLE.into_response()).as_deref(), Some("5"));
        let known = (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "30")]).into_response();
        assert_eq!(told(known).as_deref(), Some("30"));
        assert_eq!(told(StatusCode::NOT_FOUND.into_response()), None);
    }
}
