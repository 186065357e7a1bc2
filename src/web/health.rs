//! For whoever watches the process.

use axum::{extract::State, http::StatusCode};

use super::state::AppState;

/// The process lives.
pub async fn healthz() -> &'static str {
    "ok\n"
}

/// It can serve: the database answers.
pub async fn readyz(State(app): State<AppState>) -> (StatusCode, &'static str) {
    match app.database.ping().await {
        Ok(()) => (StatusCode::OK, "ready\n"),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n"),
    }
}
