//! Sign in with an email address and a password.

use leptos::prelude::*;
use secrecy::SecretString;

use super::{
    email_link::parse_email,
    error::AccountError,
    form_secret::{FormSecret, secret},
    passwords::{count_attempt, is_correct, is_correct_and_rehash, record_wrong_password},
    reply::{Reply, send_keeping_email},
    second_factor::after_sign_in,
    walkthrough,
};
use crate::{
    accounts::PASSWORD,
    codes::{form_error::FormError, percent::with_return_to},
    inspect::FlowKind,
    relying_party::ReturnTo,
    sessions::RequestContext,
    store::PasswordLookup,
};

/// POST `/auth/password/sign-in`
#[server(name = SignInWithPassword, prefix = "/auth", endpoint = "password/sign-in")]
pub async fn sign_in_with_password(
    email: Option<String>,
    password: Option<FormSecret>,
    return_to: Option<String>,
) -> Result<(), ServerFnError> {
    let return_to = return_to.as_deref().and_then(ReturnTo::parse);
    let page = with_return_to("/login", return_to.as_ref().map(ReturnTo::as_str));
    let email = email.unwrap_or_default();
    let context = expect_context::<RequestContext>();
    let outcome = sign_in(&context, &email, &secret(password), return_to).await;
    if let Err(AccountError::Form(error)) = &outcome {
        context.metrics.count_sign_in(PASSWORD, error.code());
    }
    send_keeping_email(&context, outcome, &page, &email);
    Ok(())
}

/// An unknown address costs the same work and gets the same answer as a wrong password. Strangers who guess an account's
/// password slow each other down, and not its owner: a browser that the account knows is counted apart, and the user can
/// sign in with a provider.
async fn sign_in(
    context: &RequestContext,
    email: &str,
    password: &SecretString,
    return_to: Option<ReturnTo>,
) -> Result<Reply, AccountError> {
    let now = context.clock.now();
    walkthrough::began(FlowKind::Password);
    let email = parse_email(email)?;
    count_attempt(context, &email).await?;
    let (user, set_at) = match context.database.password_lookup(&email).await? {
        PasswordLookup::Found { user, disabled, hash, set_at } => {
            if !is_correct_and_rehash(context, password, user, &hash).await? || disabled {
                walkthrough::password(false);
                record_wrong_password(context, user);
                return Err(FormError::WrongCredentials.into());
            }
            (user, set_at)
        }
        // A sign-up that waits for its email gets this answer too: otherwise a stranger who signs up with an address and
        // then signs in with it would learn whether the address has an account.
        PasswordLookup::NoPassword(_) | PasswordLookup::NoUser => {
            is_correct(context, password, None).await?;
            walkthrough::password(false);
            return Err(FormError::WrongCredentials.into());
        }
    };
    walkthrough::password(true);
    let user = context.database.user_with_password(user, set_at).await?;
    let user = user.ok_or(FormError::WrongCredentials)?;
    let signed_in = context.sign_in_with_password(&user, set_at).await?;
    let remembered = context.jar.remember_account(&context.headers, &email, now);
    let cleared = context.jar.typed.clear(&context.headers);
    Ok(after_sign_in(context, signed_in, &return_to.unwrap_or_default())?.with(remembered).with(cleared))
}
