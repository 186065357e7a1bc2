//! Whose pages may call the API from a browser: the origins of `CORS_ORIGINS`, exactly, and nobody else's.
//!
//! An origin is never sent back because it was asked for, but because it is on the list: with credentials allowed, a
//! reflected one would let every page on the web act as whoever looks at it (threat PA7).

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::is_path;

/// Seconds for which a browser may keep the answer to a preflight.
const KEPT: &str = "600";
const METHODS: &str = "GET, POST, DELETE";
const HEADERS: &str = "authorization, content-type";
const EXPOSED: &str = "retry-after, www-authenticate, x-request-id";

/// The list.
#[derive(Clone, Debug)]
pub struct Cors(Arc<[String]>);

impl Cors {
    /// These origins, as browsers write them.
    pub fn new(origins: &[String]) -> Self {
        Self(origins.into())
    }

    /// All of them.
    pub fn origins(&self) -> &[String] {
        &self.0
    }

    /// The origin that the request names, if it is on the list.
    fn allowed(&self, headers: &HeaderMap) -> Option<HeaderValue> {
        let mut named = headers.get_all(header::ORIGIN).iter();
        let (Some(origin), None) = (named.next(), named.next()) else { return None };
        self.0.iter().any(|known| known.as_bytes() == origin.as_bytes()).then(|| origin.clone())
    }
}

/// Answers preflights, and tells the browsers of allowed origins that their pages may read the answers, errors included.
pub async fn share(State(cors): State<Cors>, request: Request, next: Next) -> Response {
    if !is_path(request.uri().path()) {
        return next.run(request).await;
    }
    let allowed = cors.allowed(request.headers());
    let is_preflight = is_preflight(&request);
    let mut response = if is_preflight { StatusCode::NO_CONTENT.into_response() } else { next.run(request).await };
    let headers = response.headers_mut();
    headers.append(header::VARY, HeaderValue::from_static("origin"));
    if let Some(origin) = allowed {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        let mut say = |name: HeaderName, value| drop(headers.insert(name, HeaderValue::from_static(value)));
        say(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, "true");
        if is_preflight {
            say(header::ACCESS_CONTROL_ALLOW_METHODS, METHODS);
            say(header::ACCESS_CONTROL_ALLOW_HEADERS, HEADERS);
            say(header::ACCESS_CONTROL_MAX_AGE, KEPT);
        } else {
            say(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
        }
    }
    response
}

/// A browser that asks first (Fetch, "CORS-preflight request").
fn is_preflight(request: &Request) -> bool {
    let has = |name: HeaderName| request.headers().contains_key(name);
    *request.method() == Method::OPTIONS && has(header::ORIGIN) && has(header::ACCESS_CONTROL_REQUEST_METHOD)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_allowed_byte_for_byte_and_once() {
        let cors = Cors::new(&["https://spa.example".to_owned()]);
        let allowed = |origins: &[&'static str]| {
            let mut headers = HeaderMap::new();
            for origin in origins {
                headers.append(header::ORIGIN, HeaderValue::from_static(origin));
            }
            cors.allowed(&headers).is_some()
        };
        assert!(allowed(&["https://spa.example"]));
        for other in [
            "https://spa.example.evil.example",
            "https://evil.spa.example",
            "http://spa.example",
            "https://spa.example:8443",
            "https://SPA.example",
            "https://spa.example/",
            "null",
            "",
        ] {
            assert!(!allowed(&[other]), "{other}");
        }
        assert!(!allowed(&[]) && !allowed(&["https://spa.example", "https://evil.example"]));
    }
}
