//! What is learned of a request before any handler sees it: where it comes from and who is signed in.

use std::{net::IpAddr, sync::Once};

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use tower_http::request_id::RequestId;
use tower_sessions::Session;

use super::{client_address, detached::detached, redirect::see_other, serve::Peer, state::AppState};
use crate::{
    sessions::{ClientInfo, Identified, SessionError, SessionHandle, SessionTransport},
    store::StoreError,
};

/// Keeps the request id that a proxy gave, if it looks like one. A stranger may write anything there, and it ends in our
/// log and in the audit trail.
pub async fn check_request_id(mut request: Request) -> Request {
    let fits = |value: &HeaderValue| {
        let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
        (1..=64).contains(&value.len()) && value.as_bytes().iter().all(plain)
    };
    let given = request.headers().get_all("x-request-id");
    if !given.iter().all(fits) || given.iter().count() > 1 {
        request.headers_mut().remove("x-request-id");
    }
    request
}

/// Adds [`ClientInfo`].
pub async fn identify_client(State(app): State<AppState>, mut request: Request, next: Next) -> Response {
    let client = client_of(&app, &request);
    request.extensions_mut().insert(client);
    next.run(request).await
}

fn client_of(app: &AppState, request: &Request) -> ClientInfo {
    warn_of_unknown_proxy(app, request);
    let peer = request.extensions().get::<Peer>().map_or_else(|| ([0, 0, 0, 0], 0).into(), |peer| peer.0);
    ClientInfo::new(
        client_address::of(peer, request.headers(), &app.trusted_proxies),
        request.headers().get(header::USER_AGENT).and_then(|value| value.to_str().ok()),
        request.extensions().get::<RequestId>().and_then(|id| id.header_value().to_str().ok()),
    )
}

/// A proxy on our own side that nobody named makes one client of everybody: one bucket, one address in every list.
fn warn_of_unknown_proxy(app: &AppState, request: &Request) {
    static ONCE: Once = Once::new();
    let forwarded =
        request.headers().contains_key("x-forwarded-for") || request.headers().contains_key(header::FORWARDED);
    let Some(Peer(peer)) = request.extensions().get::<Peer>().filter(|_| forwarded && !app.on_loopback) else { return };
    let peer = peer.ip().to_canonical();
    let near = peer.is_loopback() || matches!(peer, IpAddr::V4(v4) if v4.is_private());
    if near && !app.trusted_proxies.iter().any(|network| network.contains(&peer)) {
        ONCE.call_once(|| {
            tracing::warn!("requests come through a proxy at {peer} that TRUSTED_PROXIES does not name: everybody shares its address and its rate limit");
        });
    }
}

/// Adds `SignedIn` when somebody is. A database that is away is not a signed-out browser: the answer is 503, never a
/// page that looks like the truth.
pub async fn identify_user(State(app): State<AppState>, mut request: Request, next: Next) -> Response {
    let (Some(session_handle), Some(client)) =
        (session_handle(&app, &request), request.extensions().get::<ClientInfo>())
    else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let identified = match identify(&app, &session_handle, request.headers(), client).await {
        Ok(identified) => identified,
        Err(response) => return response,
    };
    request.extensions_mut().insert(session_handle);
    if let Some(signed_in) = identified.signed_in {
        request.extensions_mut().insert(signed_in);
    }
    let mut response = next.run(request).await;
    add_renewed(response.headers_mut(), identified.cookies);
    response
}

async fn identify(
    app: &AppState,
    session_handle: &SessionHandle,
    headers: &HeaderMap,
    client: &ClientInfo,
) -> Result<Identified, Response> {
    let identified = match session_handle {
        SessionHandle::Cookie(_) => session_handle.identify(headers, client, &app.database, &app.clock).await,
        // A refresh token may be used up on the way.
        SessionHandle::Tokens(_) => {
            let (session_handle, headers, client) = (session_handle.clone(), headers.clone(), client.clone());
            let (database, clock) = (app.database.clone(), app.clock.clone());
            let work = async move { session_handle.identify(&headers, &client, &database, &clock).await };
            detached(app, work).await.map_err(IntoResponse::into_response)?
        }
    };
    identified.map_err(|error| session_error(&error))
}

/// What carries this request's session, in this installation's way.
fn session_handle(app: &AppState, request: &Request) -> Option<SessionHandle> {
    match &app.transport {
        SessionTransport::Cookie => request.extensions().get::<Session>().cloned().map(SessionHandle::Cookie),
        SessionTransport::Tokens(cookies) => Some(SessionHandle::Tokens(cookies.clone())),
    }
}

/// Adds cookies that were renewed on the way, but for those that the handler has set or taken away: whoever signs out while
/// their access token is being renewed is signed out.
fn add_renewed(headers: &mut HeaderMap, cookies: Vec<HeaderValue>) {
    let name = |cookie: &HeaderValue| cookie.as_bytes().split(|byte| *byte == b'=').next().map(<[u8]>::to_vec);
    let set: Vec<_> = headers.get_all(header::SET_COOKIE).iter().map(name).collect();
    for cookie in cookies.into_iter().filter(|cookie| !set.contains(&name(cookie))) {
        headers.append(header::SET_COOKIE, cookie);
    }
}

/// A session could not be looked for: 503 when trying again can help, 500 otherwise.
pub(super) fn session_error(error: &SessionError) -> Response {
    match error {
        SessionError::Store(error) => database_failed(error),
        error => {
            tracing::error!(%error, "a session could not be looked for");
            if error.is_temporary() { unavailable() } else { StatusCode::INTERNAL_SERVER_ERROR.into_response() }
        }
    }
}

/// Gives removals of cookies the attributes without which a browser refuses them.
pub async fn complete_removals(State(app): State<AppState>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    app.cookies.complete_removals(response.headers_mut());
    response
}

/// 503 when trying again can help, 500 otherwise. The cause's own words name states and constraints; its `Debug` would
/// name the values that met them.
pub(super) fn database_failed(error: &StoreError) -> Response {
    let cause = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
    tracing::error!(%error, cause, "the database failed");
    if error.is_temporary() {
        return unavailable();
    }
    StatusCode::INTERNAL_SERVER_ERROR.into_response()
}

pub(super) fn unavailable() -> Response {
    (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "5")]).into_response()
}

/// On loopback, leads a page that was asked for by another of this machine's names to ours: a sign-in that begins at
/// `127.0.0.1` and comes back to `localhost` would not find its cookie. Elsewhere a host is the proxy's business.
pub async fn lead_to_our_host(State(app): State<AppState>, request: Request, next: Next) -> Response {
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
    if app.on_loopback && is_read && is_another_name_of_ours(host, &app.origin) {
        let asked_for = request.uri().path_and_query().map_or("/", |asked| asked.as_str());
        return see_other(&format!("{}{asked_for}", app.origin));
    }
    next.run(request).await
}

fn is_another_name_of_ours(host: &str, origin: &str) -> bool {
    let Ok(asked) = url::Url::parse(&format!("http://{host}")) else { return false };
    let Ok(ours) = url::Url::parse(origin) else { return false };
    let names_this_machine = matches!(asked.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    names_this_machine && asked.host_str() != ours.host_str() && asked.port() == ours.port()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_handler_says_of_a_cookie_counts_and_the_rest_is_added() {
        let mut headers = HeaderMap::new();
        headers.append(header::SET_COOKIE, HeaderValue::from_static("access_token=; Max-Age=0"));
        let renewed = ["access_token=new; Path=/", "refresh_token=new; Path=/"].map(HeaderValue::from_static);
        add_renewed(&mut headers, renewed.to_vec());
        let values: Vec<_> = headers.get_all(header::SET_COOKIE).iter().collect();
        assert_eq!(values, ["access_token=; Max-Age=0", "refresh_token=new; Path=/"]);
    }

    #[test]
    fn other_names_of_this_machine_are_led_to_ours() {
        for host in ["127.0.0.1:3000", "[::1]:3000"] {
            assert!(is_another_name_of_ours(host, "http://localhost:3000"), "{host}");
        }
        for host in ["localhost:3000", "127.0.0.1:4000", "evil.example:3000", "127.0.0.1@evil.example", ""] {
            assert!(!is_another_name_of_ours(host, "http://localhost:3000"), "{host}");
        }
    }
}
