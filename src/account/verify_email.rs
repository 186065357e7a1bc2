//! Finish a sign-up by the link of its email.

use leptos::prelude::*;
use secrecy::SecretString;
use time::Duration;

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
    sealing::sha256_base64url,
    sessions::RequestContext,
    store::{EmailLink, FlowStatus, SignedUp, StoreError},
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
    let asked_here = asked_in_this_browser(context, &link);
    if !asked_here {
        count_attempt(context, &link.email).await?;
        if !is_correct(context, password, link.password.as_ref()).await? {
            return Err(FormError::WrongPassword.into());
        }
    }
    let signed_up =
        context.database.finish_sign_up(&token, None, &context.admission(Some(&token)), &context.audit()).await?;
    if !asked_here && matches!(signed_up, SignedUp::User { .. }) {
        tell_the_other_browser(context, &link).await;
    }
    finish(context, signed_up).await
}

/// Leaves word for the browser that signed up, whose page goes on to the sign-in then. Only here, where the password that it chose
/// was entered: of another password it must not learn that the address was confirmed.
async fn tell_the_other_browser(context: &RequestContext, link: &EmailLink) {
    let Some(browser) = &link.data.browser else { return };
    let until = context.clock.date() + WORD_LASTS;
    if let Err(error) = context.database.mark_flow_used(&word_for(browser, link.email.as_str()), until).await {
        tracing::warn!(%error, "a browser that signed up will not learn that its link was opened");
    }
}

/// Whether the sign-up that this browser began, with this address, was finished in another one with its password.
///
/// # Errors
/// If the database is down.
pub async fn finished_elsewhere(context: &RequestContext, email: &str) -> Result<bool, StoreError> {
    let Some(browser) = context.jar.sign_up_mark(&context.headers, context.clock.now()) else { return Ok(false) };
    Ok(context.database.flow_status(&word_for(&browser, email)).await? != FlowStatus::Unused)
}

fn word_for(browser: &str, email: &str) -> String {
    sha256_base64url(format!("signed up {browser} {email}"))
}

/// As long as the page asks.
const WORD_LASTS: Duration = Duration::minutes(10);

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
        SignedUp::User { user, return_to } => {
            let return_to = return_to.as_deref().and_then(ReturnTo::parse).unwrap_or_default();
            let signed_in = context.sign_in(&user, AuthenticationMethod::EmailLink, None).await?;
            let email = user.verified_email.as_ref().map(|email| email.email());
            let remembered = email.and_then(|email| jar.remember_account(headers, email, context.clock.now()));
            let cleared = jar.email_link.clear(headers).into_iter().chain(jar.clear_sign_up(headers));
            let done = context.say_done(Done::Welcome);
            Ok(after_sign_in(context, signed_in, &return_to)?.with(remembered).with(cleared).with(done))
        }
    }
}
