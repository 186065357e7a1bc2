//! Signing out.

use leptos::prelude::*;

/// POST `/auth/logout`: ends the session, takes its cookie away, and goes to the login page. The provider's own session
/// and what it granted stay; the page says so.
///
/// # Errors
/// Never; when the database does not answer, the status is 503 and the session still counts.
#[server(name = SignOut, prefix = "/auth", endpoint = "logout")]
pub async fn sign_out() -> Result<(), ServerFnError> {
    use axum::http::{HeaderValue, StatusCode, header};
    use leptos_axum::ResponseOptions;

    use crate::sessions;

    let response = expect_context::<ResponseOptions>();
    let session = expect_context::<tower_sessions::Session>();
    match sessions::sign_out(&session).await {
        Ok(()) => {
            response.set_status(StatusCode::SEE_OTHER);
            response.insert_header(header::LOCATION, HeaderValue::from_static("/login?signed_out=1"));
        }
        Err(error) => {
            leptos::logging::error!("a session could not be ended: {error}");
            response.set_status(StatusCode::SERVICE_UNAVAILABLE);
        }
    }
    Ok(())
}
