//! Set the first password, or a new one.

use leptos::prelude::*;
use secrecy::SecretString;

use super::{
    error::AccountError,
    form_secret::{FormSecret, secret},
    passwords::hash_new_password,
    reauthenticate::reauthenticated,
    reply::{Reply, send},
};
use crate::{
    codes::{done::Done, form_error::FormError, settings_page::SettingsPage},
    sessions::RequestContext,
};

/// POST `/settings/password`
#[server(name = SetPassword, prefix = "/settings", endpoint = "password")]
pub async fn set_password(password: Option<FormSecret>) -> Result<(), ServerFnError> {
    let context = expect_context::<RequestContext>();
    send(set(&context, &secret(password)).await, "/settings/password");
    Ok(())
}

async fn set(context: &RequestContext, password: &SecretString) -> Result<Reply, AccountError> {
    let signed_in = reauthenticated(context)?;
    let (user, session) = (&signed_in.user, signed_in.session.at_version());
    let email = user.verified_email.as_ref().map(|email| email.email()).ok_or(FormError::EmailNeeded)?;
    let personal = [email.as_str(), user.name.as_deref().unwrap_or_default()];
    let hash = hash_new_password(context, password, &personal).await?;
    let is_first = context.database.password_of(user.id).await?.is_none();
    context.database.set_password(user.id, &hash, session, &context.audit()).await?;
    context.wake_mail();
    let remembered = context.jar.remember_account(&context.headers, email, context.clock.now());
    let done = if is_first { Done::PasswordSet } else { Done::PasswordChanged };
    Ok(Reply::done(SettingsPage::Security.path(), done)
        .with(context.renew_session().await?.unwrap_or_default())
        .with(remembered))
}
