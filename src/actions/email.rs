//! Addresses that a letter proves.

use leptos::prelude::*;

use super::secret::Secret;

/// POST `/auth/email/verify`: finishes a sign-up whose letter was followed. The password is only needed in another browser than the one that asked.
///
/// # Errors
/// Never: every way out is a redirect to an address of ours, or 503.
#[server(name = VerifyEmail, prefix = "/auth", endpoint = "email/verify")]
pub async fn verify_email(
    /// The password.
    password: Option<Secret>,
) -> Result<(), ServerFnError> {
    use secrecy::SecretString;

    use crate::{intents, sessions::Visit};

    let password = SecretString::from(password.unwrap_or_default().into_text());
    let visit = expect_context::<Visit>();
    let outcome = intents::verify(&visit, &password).await;
    intents::send(outcome, "/verify-email");
    Ok(())
}

/// POST `/settings/email`: asks for a letter to a new address.
///
/// # Errors
/// Never: every way out is a redirect to an address of ours, or 503.
#[server(name = ChangeEmail, prefix = "/settings", endpoint = "email")]
pub async fn change_email(
    /// The address.
    email: Option<String>,
) -> Result<(), ServerFnError> {
    use crate::{intents, sessions::Visit};

    let email = email.unwrap_or_default();
    let visit = expect_context::<Visit>();
    let outcome = intents::change_email(&visit, &email).await;
    intents::send_typed(&visit, outcome, "/settings/email", &email);
    Ok(())
}

/// POST `/auth/email/change/confirm`: gives the person the address whose letter they followed.
///
/// # Errors
/// Never: every way out is a redirect to an address of ours, or 503.
#[server(name = ConfirmEmail, prefix = "/auth", endpoint = "email/change/confirm")]
pub async fn confirm_email() -> Result<(), ServerFnError> {
    use crate::{intents, sessions::Visit};

    let visit = expect_context::<Visit>();
    let outcome = intents::confirm_email(&visit).await;
    intents::send(outcome, "/confirm-email");
    Ok(())
}
