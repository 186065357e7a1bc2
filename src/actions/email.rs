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

    use crate::{intents, sessions::Visit};

    let password = SecretString::from(password.unwrap_or_default().into_text());
    let visit = expect_context::<Visit>();
    let outcome = intents::verify(&visit, username.as_deref(), &password).await;
    intents::send(outcome, "/verify-email");
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
    use crate::{codes::percent::with_return_to, intents, relying_party::ReturnTo, sessions::Visit};

    let return_to = return_to.as_deref().and_then(ReturnTo::parse);
    let page = match &return_to {
        Some(return_to) => with_return_to("/add-email", Some(return_to.as_str())),
        None => "/settings/email".to_owned(),
    };
    let email = email.unwrap_or_default();
    let visit = expect_context::<Visit>();
    let outcome = intents::change_email(&visit, &email, return_to).await;
    intents::send_typed(&visit, outcome, &page, &email);
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
    use crate::{intents, sessions::Visit};

    let visit = expect_context::<Visit>();
    let outcome = intents::confirm_email(&visit, username.as_deref()).await;
    intents::send(outcome, "/confirm-email");
    Ok(())
}
