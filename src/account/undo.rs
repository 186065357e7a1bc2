//! Undo a change by the "this was not me" link of an email.

use leptos::prelude::*;

use super::{
    email_link::email_link,
    error::AccountError,
    reply::{Reply, send},
};
use crate::{
    accounts::LinkKind,
    codes::{done::Done, form_error::FormError},
    sessions::RequestContext,
    store::Undone,
};

/// POST `/auth/undo`: undoes the change, ends every session and asks for a new password. `username` is the address that
/// the page showed.
#[server(name = Undo, prefix = "/auth", endpoint = "undo")]
pub async fn undo(username: Option<String>) -> Result<(), ServerFnError> {
    let context = expect_context::<RequestContext>();
    send(undo_change(&context, username.as_deref()).await, "/undo");
    Ok(())
}

async fn undo_change(context: &RequestContext, shown: Option<&str>) -> Result<Reply, AccountError> {
    let (token, _) = email_link(context, &[LinkKind::Undo], shown).await?;
    let Undone::Done { reset } = context.database.undo(&token, &context.audit()).await? else {
        return Err(FormError::EmailLinkInvalid.into());
    };
    context.wake_mail();
    context.grants.wake_revocation_worker();
    Ok(match reset {
        Some(reset) => {
            Reply::to("/reset-password?done=undone").with([context.jar.email_link.keep(&reset, context.clock.now())?])
        }
        None => Reply::done("/login", Done::Undone).with(context.jar.email_link.clear(&context.headers)),
    })
}
