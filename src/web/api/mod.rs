//! The JSON API, one file for each endpoint, and what stands around them: who asks (`caller`), how strictly a body is read
//! (`json`), what a refusal looks like (`failure`), whose pages may call (`cors`), and the document that says all this to
//! programs (`openapi`) and to people (`docs`).
//!
//! Whatever goes wrong under `/api/` and `/.well-known/`, in a handler or in a layer around it, is answered by one shape of
//! JSON with a code of a closed list.

mod answer;
mod caller;
mod cors;
mod docs;
mod failure;
mod json;
mod logout;
mod me;
mod nonce;
mod openapi;
mod refresh;
mod sessions;
mod sign_in;
mod well_known;

pub use caller::{Means, authorization_decides};
pub use cors::{Cors, share};
pub use failure::{challenge, failure_of_status};
pub use openapi::Documents;

use axum::{
    Router,
    http::StatusCode,
    routing::{any, delete, get, post},
};

use super::state::AppState;

/// Whether a path is the API's, and what is wrong there told as JSON.
pub fn is_path(path: &str) -> bool {
    path.starts_with("/api/") || path == "/api" || path.starts_with("/.well-known/")
}

/// Where a provider's tokens become sessions.
pub fn sign_ins() -> Router<AppState> {
    Router::new().route("/api/auth", post(sign_in::sign_in))
}

/// Where refresh tokens become the next pairs.
pub fn renewals() -> Router<AppState> {
    Router::new().route("/api/auth/refresh", post(refresh::refresh))
}

/// Where a front end begins.
pub fn nonces() -> Router<AppState> {
    Router::new().route("/api/auth/nonce", get(nonce::nonce))
}

/// What a signed-in person has here.
pub fn own() -> Router<AppState> {
    Router::new()
        .route("/api/auth/logout", post(logout::logout))
        .route("/api/me", get(me::me))
        .route("/api/sessions", get(sessions::list))
        .route("/api/sessions/{id}", delete(sessions::end))
}

/// What everybody may read.
pub fn published() -> Router<AppState> {
    Router::new()
        .route("/api/openapi.json", get(openapi::document))
        .route("/api/docs", get(docs::page))
        .route("/.well-known/jwks.json", get(well_known::keys))
        .route("/.well-known/openid-configuration", get(well_known::metadata))
        .route("/.well-known/oauth-authorization-server", get(well_known::metadata))
}

/// What is not there is not there for anybody and by any method: no check of who asks stands in front of it.
pub fn nothing() -> Router<AppState> {
    let not_found = || any(async || StatusCode::NOT_FOUND);
    Router::new().route("/api", not_found()).route("/api/", not_found()).route("/api/{*rest}", not_found())
}
