//! Sign out on other devices.

use leptos::prelude::*;

use super::{
    error::AccountError,
    reauthenticate::signed_in,
    reply::{Reply, send},
};
use crate::{
    codes::{done::Done, settings_page::SettingsPage},
    sessions::RequestContext,
};

/// POST `/settings/sessions/end`: ends one session, by its id in the list.
#[server(name = EndSession, prefix = "/settings", endpoint = "sessions/end")]
pub async fn end_session(session: Option<String>) -> Result<(), ServerFnError> {
    let context = expect_context::<RequestContext>();
    send(end_one(&context, &session.unwrap_or_default()).await, SettingsPage::Security.path());
    Ok(())
}

/// POST `/settings/sessions/end-others`: ends every session but this one.
#[server(name = EndOtherSessions, prefix = "/settings", endpoint = "sessions/end-others")]
pub async fn end_other_sessions() -> Result<(), ServerFnError> {
    let context = expect_context::<RequestContext>();
    send(end_others(&context).await, SettingsPage::Security.path());
    Ok(())
}

async fn end_one(context: &RequestContext, session: &str) -> Result<Reply, AccountError> {
    let signed_in = signed_in(context)?;
    let (user, here) = (signed_in.user.id, signed_in.session.at_version());
    context.database.end_session(user, session, here, &context.audit()).await?;
    Ok(Reply::done(SettingsPage::Security.path(), Done::DeviceEnded))
}

async fn end_others(context: &RequestContext) -> Result<Reply, AccountError> {
    let signed_in = signed_in(context)?;
    let (user, here) = (signed_in.user.id, signed_in.session.at_version());
    context.database.end_other_sessions(user, here, &context.audit()).await?;
    Ok(Reply::done(SettingsPage::Security.path(), Done::OthersEnded))
}
