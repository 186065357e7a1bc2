//! CORS: pages of exactly the origins in `CORS_ORIGINS` may call the API from a browser. Those of any origin may read the
//! documents with which access tokens are verified, without credentials.
//!
//! An origin is never reflected, only compared with the list: with credentials allowed, a reflected origin would let every
//! page on the web act as its visitor (threat PA7). tower-http's `CorsLayer` cannot express the policy: it takes the first of
//! two `Origin` headers, and answers every OPTIONS request as a preflight.

use std::{
    ops::ControlFlow::{self, Break, Continue},
    sync::Arc,
};

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};

use super::{is_path, well_known};
use crate::web::around::{Around, around};

/// Seconds for which a browser may cache a preflight.
const MAX_AGE: &str = "600";
const METHODS: &str = "GET, POST, DELETE";
const HEADERS: &str = "authorization, content-type";
const EXPOSED: &str = "retry-after, www-authenticate, x-request-id";

/// The allowed origins.
#[derive(Clone, Debug)]
pub struct Cors(Arc<[String]>);

impl Cors {
    /// The origins as browsers send them.
    pub fn new(origins: &[String]) -> Self {
        Self(origins.into())
    }

    pub fn origins(&self) -> &[String] {
        &self.0
    }

    /// The request's origin, if it is allowed.
    fn allowed(&self, headers: &HeaderMap) -> Option<HeaderValue> {
        let mut origins = headers.get_all(header::ORIGIN).iter();
        let (Some(origin), None) = (origins.next(), origins.next()) else { return None };
        self.0.iter().any(|known| known.as_bytes() == origin.as_bytes()).then(|| origin.clone())
    }
}

/// Answers preflights, and lets pages of allowed origins read the responses, errors included.
pub fn share(cors: &Cors) -> Around<Cors, Option<Asked>> {
    around(cors.clone(), ask, |_, asked, response| match asked {
        Some(asked) => allow(asked, response),
        None => response,
    })
}

/// A request to the API, or for a document of it.
pub struct Asked {
    /// The origin, if the settings allow it.
    allowed: Option<HeaderValue>,
    is_public: bool,
    is_preflight: bool,
}

fn ask(cors: &Cors, request: &mut Request) -> ControlFlow<Response, Option<Asked>> {
    if !is_path(request.uri().path()) {
        return Continue(None);
    }
    let (allowed, is_preflight) = (cors.allowed(request.headers()), is_preflight(request));
    let asked = Asked { allowed, is_public: is_public(request.uri().path()), is_preflight };
    match is_preflight {
        true => Break(allow(asked, StatusCode::NO_CONTENT.into_response())),
        false => Continue(Some(asked)),
    }
}

fn allow(Asked { allowed, is_public, is_preflight }: Asked, mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.append(header::VARY, HeaderValue::from_static("origin"));
    if let Some(origin) = allowed {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        let mut set = |name: HeaderName, value| drop(headers.insert(name, HeaderValue::from_static(value)));
        set(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, "true");
        if is_preflight {
            set(header::ACCESS_CONTROL_ALLOW_METHODS, METHODS);
            set(header::ACCESS_CONTROL_ALLOW_HEADERS, HEADERS);
            set(header::ACCESS_CONTROL_MAX_AGE, MAX_AGE);
        } else {
            set(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
        }
    } else if is_public {
        // For every caller, so that a cache that ignores `Vary` stores nothing else.
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    }
    response
}

/// Whether the document is the same for everyone.
fn is_public(path: &str) -> bool {
    path == well_known::KEYS || well_known::METADATA.contains(&path)
}

/// Fetch, "CORS-preflight request".
fn is_preflight(request: &Request) -> bool {
    let has = |name: HeaderName| request.headers().contains_key(name);
    *request.method() == Method::OPTIONS && has(header::ORIGIN) && has(header::ACCESS_CONTROL_REQUEST_METHOD)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_compared_byte_for_byte() {
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
