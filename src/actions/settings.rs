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

    use crate::{account, sessions::RequestContext};

    let password = SecretString::from(password.unwrap_or_default().into_text());
    let context = expect_context::<RequestContext>();
    let outcome = account::set_password(&context, &password).await;
    account::send(outcome, "/settings/password");
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
    use crate::{account, sessions::RequestContext};

    let name = name.unwrap_or_default();
    let context = expect_context::<RequestContext>();
    let outcome = account::choose_name(&context, &name).await;
    account::send(outcome, "/settings");
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
    use crate::{account, sessions::RequestContext};

    let context = expect_context::<RequestContext>();
    let outcome = account::undo(&context, username.as_deref()).await;
    account::send(outcome, "/undo");
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
    use crate::{account, sessions::RequestContext};

    let word = word.unwrap_or_default();
    let context = expect_context::<RequestContext>();
    let outcome = account::delete_account(&context, &word).await;
    account::send(outcome, "/settings/delete");
    Ok(())
}
