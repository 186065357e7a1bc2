//! Signing out.

use leptos::prelude::*;

/// POST `/auth/logout`: ends the session, takes our cookies away, and goes to the login page. The provider's own session
/// and what it granted stay; the page says so.
///
/// # Errors
/// Never; when the database does not answer, the status is 503 and the session still counts.
#[server(name = SignOut, prefix = "/auth", endpoint = "logout")]
pub async fn sign_out() -> Result<(), ServerFnError> {
    use axum::http::{HeaderValue, StatusCode, header};
    use leptos_axum::ResponseOptions;

    use crate::sessions::SignOut;

    let reply = expect_context::<ResponseOptions>();
    match expect_context::<SignOut>().complete().await {
        Ok(cookies) => {
            reply.set_status(StatusCode::SEE_OTHER);
            reply.insert_header(header::LOCATION, HeaderValue::from_static("/login?signed_out=1"));
            for cookie in cookies {
                reply.append_header(header::SET_COOKIE, cookie);
            }
        }
        Err(error) => {
            tracing::error!(%error, "a session could not be ended");
            reply.set_status(StatusCode::SERVICE_UNAVAILABLE);
            reply.insert_header(header::RETRY_AFTER, HeaderValue::from_static("5"));
        }
    }
    Ok(())
}
