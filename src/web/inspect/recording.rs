//! Records requests.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, Method, header},
    middleware::Next,
    response::Response,
};
use time::OffsetDateTime;

use crate::{
    inspect::{Cookie, Recorder, Step, Value, within},
    sessions::Cookies,
    web::request_log::REQUEST_ID,
};

/// What the layer needs.
#[derive(Clone, Debug)]
pub struct RecordedSite {
    pub recorder: Recorder,
    pub cookies: Cookies,
}

/// A request in which no room reports anything but rows leaves no record.
pub async fn record(State(site): State<RecordedSite>, request: Request, next: Next) -> Response {
    let RecordedSite { recorder, cookies } = site;
    let path = request.uri().path();
    let is_on = recorder.switch().is_on(now(), || cookies.recording(request.headers()));
    if !is_on || path == "/inspect" || path.starts_with("/inspect/") {
        return next.run(request).await;
    }
    let id = request.headers().get(REQUEST_ID).and_then(|id| id.to_str().ok()).unwrap_or_default();
    let method = method(request.method());
    let recording = recorder.begin(id, method, path, now());
    recording.add(|redactor| Step::Requested {
        method,
        path: Value::path(path),
        parameters: redactor.urlencoded(request.uri().query().unwrap_or_default()),
    });
    let response = within(recording.clone(), next.run(request)).await;
    recording.add(|_| answered(&response));
    response
}

/// Unix time in milliseconds.
pub(super) fn now() -> i64 {
    i64::try_from(OffsetDateTime::now_utc().unix_timestamp_nanos() / 1_000_000).unwrap_or(i64::MAX)
}

fn method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::DELETE => "DELETE",
        Method::PATCH => "PATCH",
        Method::PUT => "PUT",
        Method::HEAD => "HEAD",
        Method::OPTIONS => "OPTIONS",
        _ => "another method",
    }
}

fn answered(response: &Response) -> Step {
    let location = response.headers().get(header::LOCATION).and_then(|location| location.to_str().ok());
    let location = location.map(|location| match url::Url::parse(location) {
        Ok(url) => Value::url(&url),
        Err(_) => Value::path(location),
    });
    Step::Answered { status: Value::number(response.status().as_u16()), location, cookies: cookies(response.headers()) }
}

/// Names and attributes.
fn cookies(headers: &HeaderMap) -> Vec<Cookie> {
    let set = headers.get_all(header::SET_COOKIE).iter().filter_map(|cookie| cookie.to_str().ok());
    let cookies = set.filter_map(|cookie| {
        let (name, rest) = cookie.split_once('=')?;
        let attributes = rest.split_once(';').map_or("", |(_, attributes)| attributes.trim());
        let removed = attributes.split(';').any(|attribute| attribute.trim() == "Max-Age=0");
        Some(Cookie { name: name.to_owned(), attributes: attributes.to_owned(), removed })
    });
    cookies.take(20).collect()
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn a_cookie_is_its_name_and_attributes() {
        let mut headers = HeaderMap::new();
        headers.append(header::SET_COOKIE, HeaderValue::from_static("session=hush; HttpOnly; Path=/; Max-Age=60"));
        headers.append(header::SET_COOKIE, HeaderValue::from_static("link=; HttpOnly; Path=/; Max-Age=0"));
        let cookies = cookies(&headers);
        assert_eq!((cookies[0].name.as_str(), cookies[0].removed), ("session", false));
        assert_eq!(cookies[0].attributes, "HttpOnly; Path=/; Max-Age=60");
        assert!(cookies[1].removed && !format!("{cookies:?}").contains("hush"));
    }
}
