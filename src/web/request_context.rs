//! Identifies the client and the user of a request before its handler runs.

use std::{net::IpAddr, ops::ControlFlow, sync::Once};

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use tower_http::request_id::RequestId;

use super::{detached::detached, redirect::see_other, request_log::REQUEST_ID, serve::Peer, state::AppState};
use crate::{
    sessions::{self, ClientInfo, Identified, SessionError, SessionHandle, SessionTransport},
    store::StoreError,
    ui::page::Page,
};

/// Keeps the request id of a trusted proxy if it is well-formed: any client can send one, and it ends up in the log and the
/// audit trail, where one that repeats another request's would mislead.
pub fn check_request_id(app: &AppState, mut request: Request) -> Request {
    let peer = request.extensions().get::<Peer>();
    let is_from_proxy = peer.is_some_and(|Peer(peer)| app.forwarded_by.is_trusted(peer.ip()));
    let is_well_formed = |value: &HeaderValue| {
        let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
        (1..=64).contains(&value.len()) && value.as_bytes().iter().all(plain)
    };
    let ids = request.headers().get_all(REQUEST_ID);
    if !is_from_proxy || !ids.iter().all(is_well_formed) || ids.iter().count() > 1 {
        request.headers_mut().remove(REQUEST_ID);
    }
    request
}

/// Adds [`ClientInfo`].
pub fn identify_client(app: &AppState, mut request: Request) -> Request {
    let client = client_of(app, &request);
    request.extensions_mut().insert(client);
    request
}

fn client_of(app: &AppState, request: &Request) -> ClientInfo {
    warn_of_unknown_proxy(app, request);
    let peer = request.extensions().get::<Peer>().map_or_else(|| ([0, 0, 0, 0], 0).into(), |peer| peer.0);
    ClientInfo::new(
        app.forwarded_by.address_of(peer, request.headers()),
        request.headers().get(header::USER_AGENT).and_then(|value| value.to_str().ok()),
        request.extensions().get::<RequestId>().and_then(|id| id.header_value().to_str().ok()),
    )
    .in_zone(app.cookies.zone(request.headers()))
}

/// Behind a proxy that is missing in `TRUSTED_PROXIES`, all clients share one rate limit and one address in every list.
fn warn_of_unknown_proxy(app: &AppState, request: &Request) {
    static ONCE: Once = Once::new();
    static OTHER_HEADER: Once = Once::new();
    let forwarded =
        request.headers().contains_key("x-forwarded-for") || request.headers().contains_key(header::FORWARDED);
    let Some(Peer(peer)) = request.extensions().get::<Peer>().filter(|_| forwarded && !app.on_loopback) else { return };
    let peer = peer.ip().to_canonical();
    let near = peer.is_loopback() || matches!(peer, IpAddr::V4(v4) if v4.is_private());
    if app.forwarded_by.is_trusted(peer) {
        if !request.headers().contains_key(&app.forwarded_by.header) {
            let header = &app.forwarded_by.header;
            OTHER_HEADER.call_once(|| {
                tracing::warn!("the trusted proxy at {peer} sends no {header}: set CLIENT_IP_HEADER to the header that it sets, or all clients share its address and its rate limit");
            });
        }
        return;
    }
    if near {
        ONCE.call_once(|| {
            tracing::warn!("requests come through a proxy at {peer} that is not in TRUSTED_PROXIES: all clients share its address and its rate limit");
        });
    }
}

/// Adds [`SessionHandle`], and `SignedIn` for a signed-in user. If the database is down the answer is 503, never a signed-out
/// page.
pub async fn identify_user(State(app): State<AppState>, mut request: Request, next: Next) -> Response {
    let Some(client) = request.extensions().get::<ClientInfo>() else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let session = session_of(&app, request.headers());
    let shows_methods = request.uri().path() == Page::Dashboard.path();
    let identified = match identify(&app, &session, request.headers(), client, shows_methods).await {
        Ok(identified) => identified,
        Err(response) => return response,
    };
    request.extensions_mut().insert(session);
    let exchanged = identified.signed_in.as_ref().filter(|_| !identified.cookies.is_empty());
    let exchanged = exchanged.map(|signed_in| (signed_in.session.id.clone(), signed_in.session.version));
    if let Some(signed_in) = identified.signed_in {
        request.extensions_mut().insert(signed_in);
    }
    if let Some(methods) = identified.methods {
        request.extensions_mut().insert(methods);
    }
    let mut response = next.run(request).await;
    if is_current(&app, exchanged).await {
        add_cookies(response.headers_mut(), identified.cookies);
    }
    response
}

/// Whether the tokens that were exchanged before the handler ran may still be set after it: another tab may have renewed or
/// replaced the session meanwhile, and an answer that comes late must not overwrite its cookies.
async fn is_current(app: &AppState, exchanged: Option<(String, i64)>) -> bool {
    let Some((session, version)) = exchanged else { return true };
    match app.database.load_session_version(&session, version, app.clock.date()).await {
        Ok(active) => active.is_some(),
        Err(error) => {
            tracing::warn!(%error, "cannot check a session before its cookies are set");
            true
        }
    }
}

async fn identify(
    app: &AppState,
    session: &SessionHandle,
    headers: &HeaderMap,
    client: &ClientInfo,
    with_methods: bool,
) -> Result<Identified, Response> {
    let identified = match session {
        SessionHandle::Cookie(_) => session.identify(headers, client, &app.database, &app.clock, with_methods).await,
        // A refresh token may be used up on the way.
        SessionHandle::Tokens(_) => {
            let (session, headers, client) = (session.clone(), headers.clone(), client.clone());
            let (database, clock) = (app.database.clone(), app.clock.clone());
            let work = async move { session.identify(&headers, &client, &database, &clock, with_methods).await };
            detached(app, work).await.map_err(IntoResponse::into_response)?
        }
    };
    identified.map_err(|error| session_error(&error))
}

fn session_of(app: &AppState, headers: &HeaderMap) -> SessionHandle {
    match &app.transport {
        SessionTransport::Cookie => SessionHandle::Cookie(sessions::session_of(headers, app)),
        SessionTransport::Tokens(cookies) => SessionHandle::Tokens(cookies.clone()),
    }
}

/// Adds exchanged tokens, unless the handler has set or removed these cookies: a user who signs out while their access token
/// is exchanged stays signed out.
fn add_cookies(headers: &mut HeaderMap, cookies: Vec<HeaderValue>) {
    let name = |cookie: &HeaderValue| cookie.as_bytes().split(|byte| *byte == b'=').next().map(<[u8]>::to_vec);
    let set: Vec<_> = headers.get_all(header::SET_COOKIE).iter().map(name).collect();
    for cookie in cookies.into_iter().filter(|cookie| !set.contains(&name(cookie))) {
        headers.append(header::SET_COOKIE, cookie);
    }
}

/// 503 if a retry can help, otherwise 500.
pub(super) fn session_error(error: &SessionError) -> Response {
    match error {
        SessionError::Store(error) => database_failed(error),
        error => {
            tracing::error!(%error, "cannot look up the session");
            if error.is_temporary() { unavailable() } else { StatusCode::INTERNAL_SERVER_ERROR.into_response() }
        }
    }
}

/// 503 if a retry can help, otherwise 500. Logs the `Display`, which holds the cause: `Debug` would contain values of the row.
pub(super) fn database_failed(error: &StoreError) -> Response {
    tracing::error!(%error, "database error");
    if error.is_temporary() {
        return unavailable();
    }
    StatusCode::INTERNAL_SERVER_ERROR.into_response()
}

pub(super) fn unavailable() -> Response {
    (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "5")]).into_response()
}

/// On loopback, redirects from another name of this machine to that of `BASE_URL`: a sign-in that begins at `127.0.0.1` and
/// returns to `localhost` would not find its cookie. Elsewhere the proxy checks the host.
pub fn redirect_to_our_host(app: &AppState, request: &mut Request) -> ControlFlow<Response> {
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let is_safe = matches!(*request.method(), Method::GET | Method::HEAD);
    if app.on_loopback && is_safe && !is_host_of(&app.origin, host) && is_other_loopback_name(host, &app.origin) {
        let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
        return ControlFlow::Break(see_other(&format!("{}{path}", app.origin)));
    }
    ControlFlow::Continue(())
}

/// Whether the `Host` is, letter for letter, that of the origin, as in nearly every request.
fn is_host_of(origin: &str, host: &str) -> bool {
    origin.split_once("://").is_some_and(|(_, own)| own == host)
}

fn is_other_loopback_name(host: &str, origin: &str) -> bool {
    let Ok(requested) = url::Url::parse(&format!("http://{host}")) else { return false };
    let Ok(ours) = url::Url::parse(origin) else { return false };
    let is_loopback = matches!(requested.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    is_loopback && requested.host_str() != ours.host_str() && requested.port() == ours.port()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_that_the_handler_set_is_not_replaced() {
        let mut headers = HeaderMap::new();
        headers.append(header::SET_COOKIE, HeaderValue::from_static("access_token=; Max-Age=0"));
        let renewed = ["access_token=new; Path=/", "refresh_token=new; Path=/"].map(HeaderValue::from_static);
        add_cookies(&mut headers, renewed.to_vec());
        let values: Vec<_> = headers.get_all(header::SET_COOKIE).iter().collect();
        assert_eq!(values, ["access_token=; Max-Age=0", "refresh_token=new; Path=/"]);
    }

    #[test]
    fn other_loopback_names_are_redirected() {
        for host in ["127.0.0.1:3000", "[::1]:3000"] {
            assert!(is_other_loopback_name(host, "http://localhost:3000"), "{host}");
        }
        for host in ["localhost:3000", "127.0.0.1:4000", "evil.example:3000", "127.0.0.1@evil.example", ""] {
            assert!(!is_other_loopback_name(host, "http://localhost:3000"), "{host}");
        }
        assert!(is_host_of("http://localhost:3000", "localhost:3000"));
        assert!(!is_host_of("http://localhost:3000", "127.0.0.1:3000") && !is_host_of("http://localhost:3000", ""));
    }
}
