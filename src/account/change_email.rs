//! Change the email address: request a confirmation email, then confirm.

use leptos::prelude::*;

use super::{
    email_link::{check_inbox, email_link, may_send, parse_email},
    error::AccountError,
    reauthenticate::{reauthenticated, signed_in},
    reply::{Reply, send, send_keeping_email},
};
use crate::{
    accounts::LinkKind,
    codes::{done::Done, form_error::FormError, percent::with_return_to},
    relying_party::ReturnTo,
    sessions::RequestContext,
    store::LinkData,
};

/// POST `/settings/email`: requests a confirmation email to a new address. The form of `/add-email` sends a `return_to`.
#[server(name = ChangeEmail, prefix = "/settings", endpoint = "email")]
pub async fn change_email(email: Option<String>, return_to: Option<String>) -> Result<(), ServerFnError> {
    let return_to = return_to.as_deref().and_then(ReturnTo::parse);
    let page = match &return_to {
        Some(return_to) => with_return_to("/add-email", Some(return_to.as_str())),
        None => "/settings/email".to_owned(),
    };
    let email = email.unwrap_or_default();
    let context = expect_context::<RequestContext>();
    send_keeping_email(&context, request(&context, &email, return_to).await, &page, &email);
    Ok(())
}

/// POST `/auth/email/change/confirm`: makes the confirmed address the user's. `username` is the address that the page
/// showed.
#[server(name = ConfirmEmail, prefix = "/auth", endpoint = "email/change/confirm")]
pub async fn confirm_email(username: Option<String>) -> Result<(), ServerFnError> {
    let context = expect_context::<RequestContext>();
    send(confirm(&context, username.as_deref()).await, "/confirm-email");
    Ok(())
}

/// POST `/settings/email/cancel`: the address that waits for its confirmation is not used.
#[server(name = CancelEmailChange, prefix = "/settings", endpoint = "email/cancel")]
pub async fn cancel_email_change() -> Result<(), ServerFnError> {
    let context = expect_context::<RequestContext>();
    send(cancel(&context).await, "/settings");
    Ok(())
}

async fn cancel(context: &RequestContext) -> Result<Reply, AccountError> {
    let signed_in = signed_in(context)?;
    let (user, here) = (signed_in.user.id, signed_in.session.at_version());
    context.database.cancel_email_change(user, here, &context.audit()).await?;
    Ok(Reply::done("/settings", Done::EmailChangeCancelled))
}

async fn request(context: &RequestContext, email: &str, return_to: Option<ReturnTo>) -> Result<Reply, AccountError> {
    let signed_in = reauthenticated(context)?;
    let (user, here) = (&signed_in.user, signed_in.session.at_version());
    let email = parse_email(email)?;
    if user.verified_email.as_ref().is_some_and(|current| *current.email() == email) {
        return Err(FormError::EmailUnchanged.into());
    }
    let sending = may_send(context, &email, LinkKind::ChangeEmail).await?;
    if sending.sent {
        let return_to = return_to.as_ref().map(|path| path.as_str().to_owned());
        let data = LinkData { return_to, ..LinkData::default() };
        context.database.begin_email_change(user.id, &email, &data, here, &context.audit()).await?;
        context.wake_mail();
    }
    let return_to = return_to.or_else(|| ReturnTo::parse("/settings"));
    check_inbox(context, "email_change", &email, return_to.as_ref(), sending)
}

async fn confirm(context: &RequestContext, shown: Option<&str>) -> Result<Reply, AccountError> {
    let signed_in = signed_in(context)?;
    let (token, _) = email_link(context, &[LinkKind::ChangeEmail], shown).await?;
    let session = signed_in.session.at_version();
    let data = context.database.finish_email_change(signed_in.user.id, &token, session, &context.audit()).await?;
    context.wake_mail();
    let cleared = [context.jar.email_link.clear(&context.headers), context.jar.typed.clear(&context.headers)];
    let reply = match data.return_to.as_deref().and_then(ReturnTo::parse) {
        Some(return_to) => Reply::back(&return_to),
        None => Reply::done("/settings", Done::EmailChanged),
    };
    Ok(reply.with(context.renew_session().await?.unwrap_or_default()).with(cleared.into_iter().flatten()))
}
