//! Well-known URLs for browsers and password managers.

use axum::{
    Json,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::json;

use super::{redirect::see_other, state::AppState};
use crate::ui::passkeys::PASSKEYS_PAGE;

pub const CHANGE_PASSWORD: &str = "/.well-known/change-password";
pub const PASSKEY_ENDPOINTS: &str = "/.well-known/passkey-endpoints";

/// GET `/.well-known/change-password`: where a password manager sends its user ("A Well-Known URL for Changing Passwords",
/// W3C).
pub async fn change_password() -> Response {
    see_other("/settings/password")
}

/// GET `/.well-known/passkey-endpoints`: where a password manager sends its user to add a passkey, and to manage them
/// ("A Well-Known URL for Relying Party Passkey Endpoints", W3C). 404 if passkeys are off.
pub async fn passkey_endpoints(State(app): State<AppState>) -> Response {
    if app.passkey_rp.is_none() {
        return StatusCode::NOT_FOUND.into_response();
    }
    let page = format!("{}{PASSKEYS_PAGE}", app.origin);
    let cache = (header::CACHE_CONTROL, "public, max-age=300");
    ([cache], Json(json!({ "enroll": page, "manage": page }))).into_response()
}
