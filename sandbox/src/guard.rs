//! Checks every request: `Host` must be loopback, POSTs must come from our own pages. Sets security headers.

use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::{
    CONTENT_SECURITY_POLICY, HOST, HeaderName, ORIGIN, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use url::Host;

use super::state::SharedState;

/// No scripts, no external resources. Pages with a form that redirects to the client add its origin to `form-action`.
pub const POLICY: &str =
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// May be posted to from other origins: it uses no cookies and sets its own CORS headers.
const SHARED: &[&str] = &["/google/token"];

pub fn wrap(shared: &SharedState, routes: Router<SharedState>) -> Router<SharedState> {
    routes.layer(from_fn_with_state(shared.clone(), guard))
}

async fn guard(State(shared): State<SharedState>, request: Request, next: Next) -> Response {
    let headers = request.headers();
    let host =
        headers.get(HOST).and_then(|host| host.to_str().ok()).or(request.uri().authority().map(Authority::as_str));
    // DNS rebinding: an attacker's host name that now resolves to 127.0.0.1 is still in `Host`.
    if !host.is_some_and(is_loopback) {
        return (StatusCode::MISDIRECTED_REQUEST, "the sandbox only accepts requests for localhost").into_response();
    }
    // CSRF: another site's form could otherwise arm faults or consent.
    let is_shared = SHARED.contains(&request.uri().path());
    if request.method() == Method::POST && is_foreign(headers, shared.origin()) && !is_shared {
        return (StatusCode::FORBIDDEN, "cross-site request rejected").into_response();
    }
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let strict = [
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (X_FRAME_OPTIONS, "DENY"),
        // With `no-referrer`, browsers would send `Origin: null` with our own forms.
        (REFERRER_POLICY, "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    ];
    for (name, value) in strict {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

fn is_loopback(authority: &str) -> bool {
    let Ok(authority) = authority.parse::<Authority>() else {
        return false;
    };
    match Host::parse(authority.host()) {
        Ok(Host::Domain(name)) => name == "localhost",
        Ok(Host::Ipv4(address)) => address.is_loopback(),
        Ok(Host::Ipv6(address)) => address.is_loopback(),
        Err(_) => false,
    }
}

/// Whether `Origin` names another site. HTTP clients and servers send none.
fn is_foreign(headers: &HeaderMap, origin: &str) -> bool {
    let Some(from) = headers.get(ORIGIN) else {
        return false;
    };
    let numeric = origin.replacen("localhost", "127.0.0.1", 1);
    from != origin && *from != *numeric.as_str()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_hosts_pass() {
        for host in ["localhost:81", "localhost", "127.0.0.1:81", "[::1]:81"] {
            assert!(is_loopback(host), "{host}");
        }
        for host in ["evil.example", "localhost.evil.example:81", "10.0.0.1", "", "localhost@evil.example"] {
            assert!(!is_loopback(host), "{host}");
        }
    }

    #[test]
    fn only_another_origin_is_foreign() {
        let from = |origin: &'static str| HeaderMap::from_iter([(ORIGIN, HeaderValue::from_static(origin))]);
        let own = "http://localhost:81";
        assert!(!is_foreign(&HeaderMap::new(), own));
        assert!(!is_foreign(&from("http://localhost:81"), own));
        assert!(!is_foreign(&from("http://127.0.0.1:81"), own));
        for other in ["null", "http://localhost:3000", "http://localhost:811", "https://evil.example"] {
            assert!(is_foreign(&from(other), own), "{other}");
        }
    }
}
