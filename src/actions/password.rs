//! An address and a password as the way in.

use leptos::prelude::*;

use super::secret::Secret;

/// POST `/auth/password/sign-up`: asks for an account; a letter finishes it.
///
/// # Errors
/// Never: every way out is a redirect to an address of ours, or 503.
#[server(name = SignUp, prefix = "/auth", endpoint = "password/sign-up")]
pub async fn sign_up(
    /// The address.
    email: Option<String>,
    /// The password.
    password: Option<Secret>,
    /// Where the person was going.
    return_to: Option<String>,
) -> Result<(), ServerFnError> {
    use secrecy::SecretString;

    use crate::{account, codes::percent::with_return_to, relying_party::ReturnTo, sessions::RequestContext};

    let return_to = return_to.as_deref().and_then(ReturnTo::parse);
    let page = with_return_to("/signup", return_to.as_ref().map(ReturnTo::as_str));
    let email = email.unwrap_or_default();
    let password = SecretString::from(password.unwrap_or_default().into_text());
    let context = expect_context::<RequestContext>();
    let outcome = account::sign_up(&context, &email, &password, return_to).await;
    account::send_keeping_email(&context, outcome, &page, &email);
    Ok(())
}

/// POST `/auth/password/sign-in`: signs in.
///
/// # Errors
/// Never: every way out is a redirect to an address of ours, or 503.
#[server(name = SignInWithPassword, prefix = "/auth", endpoint = "password/sign-in")]
pub async fn sign_in_with_password(
    /// The address.
    email: Option<String>,
    /// The password.
    password: Option<Secret>,
    /// Where the person was going.
    return_to: Option<String>,
) -> Result<(), ServerFnError> {
    use secrecy::SecretString;

    use crate::{account, codes::percent::with_return_to, relying_party::ReturnTo, sessions::RequestContext};

    let return_to = return_to.as_deref().and_then(ReturnTo::parse);
    let page = with_return_to("/login", return_to.as_ref().map(ReturnTo::as_str));
    let email = email.unwrap_or_default();
    let password = SecretString::from(password.unwrap_or_default().into_text());
    let context = expect_context::<RequestContext>();
    let outcome = account::sign_in(&context, &email, &password, return_to).await;
    account::send_keeping_email(&context, outcome, &page, &email);
    Ok(())
}

/// POST `/auth/password/forgot`: asks for a letter that leads to a new password.
///
/// # Errors
/// Never: every way out is a redirect to an address of ours, or 503.
#[server(name = ForgotPassword, prefix = "/auth", endpoint = "password/forgot")]
pub async fn forgot_password(
    /// The address.
    email: Option<String>,
    /// Where the person was going.
    return_to: Option<String>,
) -> Result<(), ServerFnError> {
    use crate::{account, codes::percent::with_return_to, relying_party::ReturnTo, sessions::RequestContext};

    let return_to = return_to.as_deref().and_then(ReturnTo::parse);
    let page = with_return_to("/forgot", return_to.as_ref().map(ReturnTo::as_str));
    let email = email.unwrap_or_default();
    let context = expect_context::<RequestContext>();
    let outcome = account::forgot(&context, &email, return_to).await;
    account::send_keeping_email(&context, outcome, &page, &email);
    Ok(())
}

/// POST `/auth/password/reset`: sets the password that the link of a letter leads to.
///
/// # Errors
/// Never: every way out is a redirect to an address of ours, or 503.
#[server(name = ResetPassword, prefix = "/auth", endpoint = "password/reset")]
pub async fn reset_password(
    /// The address that the page named.
    username: Option<String>,
    /// The password.
    password: Option<Secret>,
) -> Result<(), ServerFnError> {
    use secrecy::SecretString;

    use crate::{account, sessions::RequestContext};

    let password = SecretString::from(password.unwrap_or_default().into_text());
    let context = expect_context::<RequestContext>();
    let outcome = account::reset(&context, username.as_deref(), &password).await;
    account::send(outcome, "/reset-password");
    Ok(())
}
