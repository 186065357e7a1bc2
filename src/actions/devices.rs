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
    use crate::{intents, sessions::Visit};

    let session = session.unwrap_or_default();
    let visit = expect_context::<Visit>();
    let outcome = intents::end_session(&visit, &session).await;
    intents::send(outcome, "/settings");
    Ok(())
}

/// POST `/settings/sessions/end-others`: ends every session but this one.
///
/// # Errors
/// Never: every way out is a redirect to an address of ours, or 503.
#[server(name = EndOtherSessions, prefix = "/settings", endpoint = "sessions/end-others")]
pub async fn end_other_sessions() -> Result<(), ServerFnError> {
    use crate::{intents, sessions::Visit};

    let visit = expect_context::<Visit>();
    let outcome = intents::end_other_sessions(&visit).await;
    intents::send(outcome, "/settings");
    Ok(())
}
