//! Health checks.

use axum::{extract::State, http::StatusCode};

use super::state::AppState;
use crate::store::StoreError;

pub fn is_path(path: &str) -> bool {
    matches!(path, "/healthz" | "/readyz")
}

/// Liveness: the process runs.
pub async fn healthz() -> &'static str {
    "ok\n"
}

/// Readiness: the database answers and takes writes, and no background loop keeps panicking.
pub async fn readyz(State(app): State<AppState>) -> (StatusCode, String) {
    let failing = app.supervisor.failing();
    if !failing.is_empty() {
        return unready(format!("background loops keep panicking: {}\n", failing.join(", ")));
    }
    match app.database.ping().await {
        Ok(()) => (StatusCode::OK, "ready\n".to_owned()),
        Err(error @ StoreError::RefusesWrites(_)) => {
            tracing::warn!(%error, "not ready");
            unready("the database takes no writes\n".to_owned())
        }
        Err(error) => {
            tracing::warn!(%error, "not ready");
            unready("the database does not answer\n".to_owned())
        }
    }
}

fn unready(reason: String) -> (StatusCode, String) {
    (StatusCode::SERVICE_UNAVAILABLE, reason)
}
