//! Sign out.

use axum::http::{HeaderValue, StatusCode, header};
use leptos::prelude::*;
use leptos_axum::ResponseOptions;

use crate::sessions;

/// POST `/auth/logout`: ends the session, clears the cookies, and goes to the login page. The provider's own session stays,
/// as the page says. If the database is down the status is 503, and the session is still valid.
#[server(name = SignOut, prefix = "/auth", endpoint = "logout")]
pub async fn sign_out() -> Result<(), ServerFnError> {
    let reply = expect_context::<ResponseOptions>();
    match expect_context::<sessions::SignOut>().complete().await {
        Ok(cookies) => {
            reply.set_status(StatusCode::SEE_OTHER);
            reply.insert_header(header::LOCATION, HeaderValue::from_static("/login?signed_out=1"));
            let (name, value) = sessions::CLEAR_SITE_DATA;
            reply.insert_header(name, value);
            for cookie in cookies {
                reply.append_header(header::SET_COOKIE, cookie);
            }
        }
        Err(error) => {
            tracing::error!(%error, "cannot end the session");
            reply.set_status(StatusCode::SERVICE_UNAVAILABLE);
            reply.insert_header(header::RETRY_AFTER, HeaderValue::from_static("5"));
        }
    }
    Ok(())
}
