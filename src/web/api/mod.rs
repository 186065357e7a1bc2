//! The JSON API, one file per endpoint, and what they share: authentication (`caller`), strict bodies (`json`), error
//! responses (`error`), CORS (`cors`), and the description for programs (`openapi`) and for developers (`docs`).
//!
//! Every error under `/api/` and `/.well-known/`, of a handler or a layer, is JSON of one shape with a code of a closed list.

mod answer;
mod caller;
mod cors;
mod docs;
mod error;
mod json;
mod logout;
mod me;
mod nonce;
mod openapi;
mod refresh;
mod sessions;
mod sign_in;
mod well_known;

pub use caller::{Authentication, authorization_decides};
pub use cors::{Cors, share};
pub use error::{challenge, error_of_status};
pub use json::{JsonBody, optional_text, text};
pub use openapi::Documents;

use axum::{
    Router,
    http::StatusCode,
    routing::{any, delete, get, post},
};

use super::state::AppState;

/// Whether a path is the API's, so that its errors are JSON.
pub fn is_path(path: &str) -> bool {
    path.starts_with("/api/") || path == "/api" || path.starts_with("/.well-known/")
}

/// A provider's token for a session.
pub fn sign_ins() -> Router<AppState> {
    Router::new().route("/api/auth", post(sign_in::sign_in))
}

/// A refresh token for the next pair.
pub fn renewals() -> Router<AppState> {
    Router::new().route("/api/auth/refresh", post(refresh::refresh))
}

/// A nonce for a front end.
pub fn nonces() -> Router<AppState> {
    Router::new().route("/api/auth/nonce", get(nonce::nonce))
}

/// What a signed-in user has here.
pub fn own() -> Router<AppState> {
    Router::new()
        .route("/api/auth/logout", post(logout::logout))
        .route("/api/me", get(me::me))
        .route("/api/sessions", get(sessions::list))
        .route("/api/sessions/{id}", delete(sessions::end))
}

/// Public documents.
pub fn published() -> Router<AppState> {
    Router::new()
        .route("/api/openapi.json", get(openapi::document))
        .route("/api/docs", get(docs::page))
        .route(well_known::KEYS, get(well_known::keys))
        .route(well_known::METADATA[0], get(well_known::metadata))
        .route(well_known::METADATA[1], get(well_known::metadata))
}

/// 404 for every method, before any authentication.
pub fn not_found() -> Router<AppState> {
    let handler = || any(async || StatusCode::NOT_FOUND);
    Router::new().route("/api", handler()).route("/api/", handler()).route("/api/{*rest}", handler())
}
