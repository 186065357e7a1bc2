//! Addresses that a letter proves.

use leptos::prelude::*;

use super::secret::Secret;

/// POST `/auth/email/verify`: finishes a sign-up whose letter was followed. The password is only needed in another browser than the one that asked.
///
/// # Errors
/// Never: every way out is a redirect to an address of ours, or 503.
#[server(name = VerifyEmail, prefix = "/auth", endpoint = "email/verify")]
pub async fn verify_email(
    /// The address that the page named.
    username: Option<String>,
    /// The password.
    password: Option<Secret>,
) -> Result<(), ServerFnError> {
    use secrecy::SecretString;

    use crate::{account, sessions::RequestContext};

    let password = SecretString::from(password.unwrap_or_default().into_text());
    let context = expect_context::<RequestContext>();
    let outcome = account::verify(&context, username.as_deref(), &password).await;
    account::send(outcome, "/verify-email");
    Ok(())
}

/// POST `/settings/email`: asks for a letter to a new address. With a destination it comes from `/add-email`.
///
/// # Errors
/// Never: every way out is a redirect to an address of ours, or 503.
#[server(name = ChangeEmail, prefix = "/settings", endpoint = "email")]
pub async fn change_email(
    /// The address.
    email: Option<String>,
    /// Where the person was going.
    return_to: Option<String>,
) -> Result<(), ServerFnError> {
    use crate::{account, codes::percent::with_return_to, relying_party::ReturnTo, sessions::RequestContext};

    let return_to = return_to.as_deref().and_then(ReturnTo::parse);
    let page = match &return_to {
        Some(return_to) => with_return_to("/add-email", Some(return_to.as_str())),
        None => "/settings/email".to_owned(),
    };
    let email = email.unwrap_or_default();
    let context = expect_context::<RequestContext>();
    let outcome = account::change_email(&context, &email, return_to).await;
    account::send_keeping_email(&context, outcome, &page, &email);
    Ok(())
}

/// POST `/auth/email/change/confirm`: gives the person the address whose letter they followed.
///
/// # Errors
/// Never: every way out is a redirect to an address of ours, or 503.
#[server(name = ConfirmEmail, prefix = "/auth", endpoint = "email/change/confirm")]
pub async fn confirm_email(
    /// The address that the page named.
    username: Option<String>,
) -> Result<(), ServerFnError> {
    use crate::{account, sessions::RequestContext};

    let context = expect_context::<RequestContext>();
    let outcome = account::confirm_email(&context, username.as_deref()).await;
    account::send(outcome, "/confirm-email");
    Ok(())
}
