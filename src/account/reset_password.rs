//! Reset the password by the link of an email, and sign in: the link has shown who reads the mailbox.

use leptos::prelude::*;
use secrecy::SecretString;

use super::{
    email_link::email_link,
    error::AccountError,
    form_secret::{FormSecret, secret},
    passwords::hash_new_password,
    reply::{Reply, send},
    second_factor::after_sign_in,
    verify_email::verify_with_new_password,
};
use crate::{
    accounts::{AuthenticationMethod, LinkKind},
    codes::{done::Done, form_error::FormError},
    relying_party::ReturnTo,
    sessions::RequestContext,
};

/// POST `/auth/password/reset`. `username` is the address that the page showed.
#[server(name = ResetPassword, prefix = "/auth", endpoint = "password/reset")]
pub async fn reset_password(username: Option<String>, password: Option<FormSecret>) -> Result<(), ServerFnError> {
    let context = expect_context::<RequestContext>();
    send(reset(&context, username.as_deref(), &secret(password)).await, "/reset-password");
    Ok(())
}

async fn reset(context: &RequestContext, shown: Option<&str>, password: &SecretString) -> Result<Reply, AccountError> {
    let (token, link) = email_link(context, &[LinkKind::Reset, LinkKind::SignUp], shown).await?;
    if link.kind == LinkKind::SignUp {
        return verify_with_new_password(context, &token, &link, password).await;
    }
    let hash = hash_new_password(context, password, &[link.email.as_str()]).await?;
    let reset = context.database.finish_reset(&token, &hash, &context.audit()).await?;
    let (user, data) = reset.ok_or(FormError::EmailLinkInvalid)?;
    context.wake_mail();
    let return_to = data.return_to.as_deref().and_then(ReturnTo::parse).unwrap_or_default();
    let signed_in = context.sign_in(&user, AuthenticationMethod::EmailLink, None).await?;
    let remembered = context.jar.remember_account(&context.headers, &link.email, context.clock.now());
    let cleared = [context.jar.email_link.clear(&context.headers), context.jar.typed.clear(&context.headers)];
    let done = context.say_done(Done::PasswordReset);
    let reply = after_sign_in(context, signed_in, &return_to)?;
    Ok(reply.with(remembered).with(cleared.into_iter().flatten()).with(done))
}
