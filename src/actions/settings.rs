//! What a signed-in person sets.

use leptos::prelude::*;

use super::secret::Secret;

/// POST `/settings/password`: sets the first password, or another one.
///
/// # Errors
/// Never: every way out is a redirect to an address of ours, or 503.
#[server(name = SetPassword, prefix = "/settings", endpoint = "password")]
pub async fn set_password(
    /// The password.
    password: Option<Secret>,
) -> Result<(), ServerFnError> {
    use secrecy::SecretString;

    use crate::{intents, sessions::Visit};

    let password = SecretString::from(password.unwrap_or_default().into_text());
    let visit = expect_context::<Visit>();
    let outcome = intents::set_password(&visit, &password).await;
    intents::send(outcome, "/settings/password");
    Ok(())
}

/// POST `/settings/profile`: keeps a name.
///
/// # Errors
/// Never: every way out is a redirect to an address of ours, or 503.
#[server(name = ChooseName, prefix = "/settings", endpoint = "profile")]
pub async fn choose_name(
    /// The name; empty for the one that a provider tells.
    name: Option<String>,
) -> Result<(), ServerFnError> {
    use crate::{intents, sessions::Visit};

    let name = name.unwrap_or_default();
    let visit = expect_context::<Visit>();
    let outcome = intents::choose_name(&visit, &name).await;
    intents::send(outcome, "/settings");
    Ok(())
}

/// POST `/auth/undo`: takes back what a letter announced.
///
/// # Errors
/// Never: every way out is a redirect to an address of ours, or 503.
#[server(name = Undo, prefix = "/auth", endpoint = "undo")]
pub async fn undo(
    /// The address that the page named.
    username: Option<String>,
) -> Result<(), ServerFnError> {
    use crate::{intents, sessions::Visit};

    let visit = expect_context::<Visit>();
    let outcome = intents::undo(&visit, username.as_deref()).await;
    intents::send(outcome, "/undo");
    Ok(())
}

/// POST `/settings/delete`: deletes the account.
///
/// # Errors
/// Never: every way out is a redirect to an address of ours, or 503.
#[server(name = DeleteAccount, prefix = "/settings", endpoint = "delete")]
pub async fn delete_account(
    /// The word that confirms it.
    word: Option<String>,
) -> Result<(), ServerFnError> {
    use crate::{intents, sessions::Visit};

    let word = word.unwrap_or_default();
    let visit = expect_context::<Visit>();
    let outcome = intents::delete_account(&visit, &word).await;
    intents::send(outcome, "/settings/delete");
    Ok(())
}
