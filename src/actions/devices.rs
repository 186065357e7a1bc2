//! Where a person is signed in.

use leptos::prelude::*;

/// POST `/settings/sessions/end`: ends one session.
///
/// # Errors
/// Never: every way out is a redirect to an address of ours, or 503.
#[server(name = EndSession, prefix = "/settings", endpoint = "sessions/end")]
pub async fn end_session(
    /// What names the session in the list.
    session: Option<String>,
) -> Result<(), ServerFnError> {
    use crate::{account, sessions::RequestContext};

    let session = session.unwrap_or_default();
    let context = expect_context::<RequestContext>();
    let outcome = account::end_session(&context, &session).await;
    account::send(outcome, "/settings");
    Ok(())
}

/// POST `/settings/sessions/end-others`: ends every session but this one.
///
/// # Errors
/// Never: every way out is a redirect to an address of ours, or 503.
#[server(name = EndOtherSessions, prefix = "/settings", endpoint = "sessions/end-others")]
pub async fn end_other_sessions() -> Result<(), ServerFnError> {
    use crate::{account, sessions::RequestContext};

    let context = expect_context::<RequestContext>();
    let outcome = account::end_other_sessions(&context).await;
    account::send(outcome, "/settings");
    Ok(())
}
