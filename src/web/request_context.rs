//! What is learned of a request before any handler sees it: where it comes from and who is signed in.

use axum::{
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use tower_http::request_id::RequestId;
use tower_sessions::Session;

use super::{client_address, serve::Peer, state::AppState};
use crate::{
    sessions::{self, ClientInfo},
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
    let peer = request.extensions().get::<Peer>().map_or_else(|| ([0, 0, 0, 0], 0).into(), |peer| peer.0);
    ClientInfo::new(
        client_address::of(peer, request.headers(), &app.trusted_proxies),
        request.headers().get(header::USER_AGENT).and_then(|value| value.to_str().ok()),
        request.extensions().get::<RequestId>().and_then(|id| id.header_value().to_str().ok()),
    )
}

/// Adds `SignedIn` when somebody is. A database that is away is not a signed-out browser: the answer is 503, never a
/// page that looks like the truth.
pub async fn identify_user(
    State(app): State<AppState>,
    session: Session,
    mut request: Request,
    next: Next,
) -> Response {
    match sessions::current(&session, &app.database, &app.clock).await {
        Ok(None) => {}
        Ok(Some(signed_in)) => {
            request.extensions_mut().insert(signed_in);
        }
        Err(error) => return database_failed(&error),
    }
    next.run(request).await
}

/// Gives removals of cookies the attributes without which a browser refuses them.
pub async fn complete_removals(State(app): State<AppState>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    app.cookies.complete_removals(response.headers_mut());
    response
}

/// 503 when the database does not answer, 500 when it answers nonsense.
pub(super) fn database_failed(error: &StoreError) -> Response {
    match error {
        StoreError::Unavailable(cause) => {
            tracing::error!(%error, cause, "the database does not answer");
            (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "5")]).into_response()
        }
        _ => {
            tracing::error!(?error, "the database failed");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
