//! Finish a sign-up by the link of its email.

use leptos::prelude::*;
use secrecy::SecretString;

use super::{
    email_link::email_link,
    error::AccountError,
    form_secret::{FormSecret, secret},
    passwords::{count_attempt, hash_new_password, is_correct},
    reply::{Reply, send},
    second_factor::after_sign_in,
};
use crate::{
    accounts::{AuthenticationMethod, EmailToken, LinkKind},
    codes::{done::Done, form_error::FormError},
    relying_party::ReturnTo,
    sessions::RequestContext,
    store::{EmailLink, SignedUp},
};

/// POST `/auth/email/verify`. `username` is the address that the page showed; the password is needed in any browser but
/// the one that signed up.
#[server(name = VerifyEmail, prefix = "/auth", endpoint = "email/verify")]
pub async fn verify_email(username: Option<String>, password: Option<FormSecret>) -> Result<(), ServerFnError> {
    let context = expect_context::<RequestContext>();
    send(verify(&context, username.as_deref(), &secret(password)).await, "/verify-email");
    Ok(())
}

/// The threat: Eve signs up with Ada's address and a password of her own, and a single click of Ada's on an unexpected email
/// makes an account that Eve can open. So the browser that signed up only has to confirm, and any other has to know the
/// password.
async fn verify(context: &RequestContext, shown: Option<&str>, password: &SecretString) -> Result<Reply, AccountError> {
    let (token, link) = email_link(context, &[LinkKind::SignUp], shown).await?;
    if !asked_in_this_browser(context, &link) {
        count_attempt(context, &link.email).await?;
        if !is_correct(context, password, link.password.as_ref()).await? {
            return Err(FormError::WrongPassword.into());
        }
    }
    let signed_up =
        context.database.finish_sign_up(&token, None, &context.admission(Some(&token)), &context.audit()).await?;
    finish(context, signed_up).await
}

/// Whether this browser requested the email.
pub fn asked_in_this_browser(context: &RequestContext, link: &EmailLink) -> bool {
    let mark = context.jar.sign_up_mark(&context.headers, context.clock.now());
    mark.is_some() && mark == link.data.browser
}

/// Finishes a sign-up with another password than the one chosen at its start, for a user who opens the link elsewhere and
/// does not know that one; or by an invitation, which has none.
pub(super) async fn verify_with_new_password(
    context: &RequestContext,
    token: &EmailToken,
    link: &EmailLink,
    password: &SecretString,
) -> Result<Reply, AccountError> {
    let hash = hash_new_password(context, password, &[link.email.as_str()]).await?;
    let admission = context.admission(Some(token));
    let signed_up = context.database.finish_sign_up(token, Some(&hash), &admission, &context.audit()).await?;
    finish(context, signed_up).await
}

async fn finish(context: &RequestContext, signed_up: SignedUp) -> Result<Reply, AccountError> {
    let (jar, headers) = (&context.jar, &context.headers);
    match signed_up {
        SignedUp::NoLink => Err(FormError::EmailLinkInvalid.into()),
        SignedUp::Refused => {
            Ok(Reply::error("/login", FormError::SignUpNotPermitted).with(jar.email_link.clear(headers)))
        }
        SignedUp::EmailOwned => {
            Ok(Reply::error("/login", FormError::EmailLinkInvalid).with(jar.email_link.clear(headers)))
        }
        SignedUp::User(user, data) => {
            let return_to = data.return_to.as_deref().and_then(ReturnTo::parse).unwrap_or_default();
            let signed_in = context.sign_in(&user, AuthenticationMethod::EmailLink, None).await?;
            let email = user.verified_email.as_ref().map(|email| email.email());
            let remembered = email.and_then(|email| jar.remember_account(headers, email, context.clock.now()));
            let cleared = [jar.email_link.clear(headers), jar.sign_up.clear(headers), jar.typed.clear(headers)];
            let done = context.say_done(Done::Welcome);
            let reply = after_sign_in(context, signed_in, &return_to)?;
            Ok(reply.with(remembered).with(cleared.into_iter().flatten()).with(done))
        }
    }
}
