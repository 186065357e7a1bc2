//! Accept an invitation with a password: its link has shown who reads the mailbox. With a provider, the callback does it.

use leptos::prelude::*;
use secrecy::SecretString;

use super::{
    email_link::email_link,
    error::AccountError,
    form_secret::{FormSecret, secret},
    reply::{Reply, send},
    verify_email::verify_with_new_password,
};
use crate::{accounts::LinkKind, sessions::RequestContext};

/// POST `/auth/email/accept-invitation`. `username` is the address that the page showed.
#[server(name = AcceptInvitation, prefix = "/auth", endpoint = "email/accept-invitation")]
pub async fn accept_invitation(username: Option<String>, password: Option<FormSecret>) -> Result<(), ServerFnError> {
    let context = expect_context::<RequestContext>();
    send(accept(&context, username.as_deref(), &secret(password)).await, "/invitation");
    Ok(())
}

async fn accept(context: &RequestContext, shown: Option<&str>, password: &SecretString) -> Result<Reply, AccountError> {
    let (token, link) = email_link(context, &[LinkKind::Invitation], shown).await?;
    verify_with_new_password(context, &token, &link, password).await
}
