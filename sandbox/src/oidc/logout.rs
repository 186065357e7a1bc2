//! The end session endpoint (OpenID Connect RP-Initiated Logout 1.0 §2). It asks no one whether to sign out.

use axum::extract::State;
use axum::http::header::LOCATION;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri};
use axum::response::{IntoResponse, Response};

use crate::browser;
use crate::fields::Fields;
use crate::state::{Provider, SharedState};

/// `GET` or `POST /logout`: 303 to `post_logout_redirect_uri`, if our client names one on loopback.
pub async fn logout(State(shared): State<SharedState>, uri: Uri, headers: HeaderMap, body: String) -> Response {
    let fields = Fields::joined(uri.query(), &body);
    let mut response = browser::sign_out(&shared, Provider::Oidc, &headers);
    let Some(target) = fields.get("post_logout_redirect_uri") else { return response };
    let is_ours = fields.get("client_id") == Some(shared.clients().of(Provider::Oidc).id.as_str());
    let target = url::Url::parse(target).ok().filter(|target| is_ours && is_loopback(target)).map(String::from);
    let target = match (target, fields.get("state")) {
        (Some(target), Some(state)) => url::Url::parse_with_params(&target, [("state", state)]).ok().map(String::from),
        (target, _) => target,
    };
    match target.and_then(|target| HeaderValue::try_from(target).ok()) {
        Some(target) => {
            response.headers_mut().insert(LOCATION, target);
            response
        }
        None => (StatusCode::BAD_REQUEST, "post_logout_redirect_uri is not registered").into_response(),
    }
}

fn is_loopback(url: &url::Url) -> bool {
    matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"))
}
