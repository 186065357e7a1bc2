//! What stands before every request: a loopback `Host`, no foreign page behind a form, strict headers.

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

/// No script at all; nothing from elsewhere. Pages whose form ends at a client add its origin to `form-action`.
pub const POLICY: &str =
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// What a page elsewhere may post to: no cookie counts there, and it says itself whose pages may read the answer.
const SHARED: &[&str] = &["/google/token"];

/// Puts the guard around everything.
pub fn wrap(shared: &SharedState, routes: Router<SharedState>) -> Router<SharedState> {
    routes.layer(from_fn_with_state(shared.clone(), guard))
}

async fn guard(State(shared): State<SharedState>, request: Request, next: Next) -> Response {
    let headers = request.headers();
    let host =
        headers.get(HOST).and_then(|host| host.to_str().ok()).or(request.uri().authority().map(Authority::as_str));
    // DNS rebinding: a page of the attacker's whose name now points at 127.0.0.1 still sends its own name.
    if !host.is_some_and(is_loopback) {
        return (StatusCode::MISDIRECTED_REQUEST, "the sandbox answers to localhost only").into_response();
    }
    // A page elsewhere could otherwise arm faults, or consent, by a form that submits itself.
    let is_shared = SHARED.contains(&request.uri().path());
    if request.method() == Method::POST && is_foreign(headers, shared.origin()) && !is_shared {
        return (StatusCode::FORBIDDEN, "this request comes from another site").into_response();
    }
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let strict = [
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (X_FRAME_OPTIONS, "DENY"),
        // `no-referrer` would make browsers send `Origin: null` with our own forms.
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

/// Whether a browser says that another site's page made the request. Test clients and servers say nothing.
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
    fn loopback_names_pass_and_others_do_not() {
        for host in ["localhost:81", "localhost", "127.0.0.1:81", "[::1]:81"] {
            assert!(is_loopback(host), "{host}");
        }
        for host in ["evil.example", "localhost.evil.example:81", "10.0.0.1", "", "localhost@evil.example"] {
            assert!(!is_loopback(host), "{host}");
        }
    }

    #[test]
    fn only_a_named_foreign_origin_is_foreign() {
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
