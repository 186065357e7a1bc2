//! Request a password reset.

use leptos::prelude::*;

use super::{
    email_link::{check_inbox, may_send, parse_email},
    error::AccountError,
    reply::{Reply, send_keeping_email},
};
use crate::{
    accounts::LinkKind, codes::percent::with_return_to, relying_party::ReturnTo, sessions::RequestContext,
    store::LinkData,
};

/// POST `/auth/password/forgot`: queues the email with the reset link. The answer is the same for every address.
#[server(name = ForgotPassword, prefix = "/auth", endpoint = "password/forgot")]
pub async fn forgot_password(email: Option<String>, return_to: Option<String>) -> Result<(), ServerFnError> {
    let return_to = return_to.as_deref().and_then(ReturnTo::parse);
    let page = with_return_to("/forgot", return_to.as_ref().map(ReturnTo::as_str));
    let email = email.unwrap_or_default();
    let context = expect_context::<RequestContext>();
    send_keeping_email(&context, request(&context, &email, return_to).await, &page, &email);
    Ok(())
}

async fn request(context: &RequestContext, email: &str, return_to: Option<ReturnTo>) -> Result<Reply, AccountError> {
    let email = parse_email(email)?;
    let sending = may_send(context, &email, LinkKind::Reset).await?;
    if sending.sent {
        let return_to = return_to.as_ref().map(|path| path.as_str().to_owned());
        let data = LinkData { return_to, ..LinkData::default() };
        let providers: Vec<&str> = context.relying_party.providers().map(|provider| provider.slug.as_str()).collect();
        context.database.begin_reset(&email, &providers, &data, &context.audit()).await?;
        context.wake_mail();
    }
    check_inbox(context, "reset", &email, return_to.as_ref(), sending)
}
