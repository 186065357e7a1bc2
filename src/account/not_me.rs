//! "This wasn't me": end a session that an email announced.

use leptos::prelude::*;

use super::{
    email_link::email_link,
    error::AccountError,
    reply::{Reply, send},
};
use crate::{accounts::LinkKind, codes::form_error::FormError, sessions::RequestContext};

const PAGE: &str = "/not-me";

/// POST `/auth/not-me`: ends the session, and signs nobody in. `username` is the address that the page showed.
#[server(name = NotMe, prefix = "/auth", endpoint = "not-me")]
pub async fn not_me(username: Option<String>) -> Result<(), ServerFnError> {
    let context = expect_context::<RequestContext>();
    send(disown(&context, username.as_deref()).await, PAGE);
    Ok(())
}

async fn disown(context: &RequestContext, shown: Option<&str>) -> Result<Reply, AccountError> {
    let (token, _) = email_link(context, &[LinkKind::NotMe], shown).await?;
    match context.database.disown_session(&token, &context.audit()).await? {
        true => Ok(Reply::to(format!("{PAGE}?done=ended")).with(context.jar.email_link.clear(&context.headers))),
        false => Err(FormError::EmailLinkInvalid.into()),
    }
}
