//! "Is it still you?": a fresh proof before a sensitive step.

use leptos::prelude::*;

use super::secret::Secret;

/// POST `/auth/reauthenticate/password`: proves it by the password.
///
/// # Errors
/// Never: every way out is a redirect to an address of ours, or 503.
#[server(name = ReauthenticateWithPassword, prefix = "/auth", endpoint = "reauthenticate/password")]
pub async fn reauthenticate_with_password(
    /// The password.
    password: Option<Secret>,
    /// Where the person was going.
    return_to: Option<String>,
) -> Result<(), ServerFnError> {
    use secrecy::SecretString;

    use crate::{account, codes::percent::with_return_to, relying_party::ReturnTo, sessions::RequestContext};

    let return_to = return_to.as_deref().and_then(ReturnTo::parse).unwrap_or_default();
    let page = with_return_to("/confirm", Some(return_to.as_str()));
    let password = SecretString::from(password.unwrap_or_default().into_text());
    let context = expect_context::<RequestContext>();
    let outcome = account::reauthenticate_with_password(&context, &password, return_to).await;
    account::send(outcome, &page);
    Ok(())
}

/// POST `/auth/reauthenticate/provider`: starts a round trip to a linked provider.
///
/// # Errors
/// Never: every way out is a redirect to an address of ours, or 503.
#[server(name = ReauthenticateWithProvider, prefix = "/auth", endpoint = "reauthenticate/provider")]
pub async fn reauthenticate_with_provider(
    /// The provider's slug.
    provider: Option<String>,
    /// Where the person was going.
    return_to: Option<String>,
) -> Result<(), ServerFnError> {
    use crate::{account, codes::percent::with_return_to, relying_party::ReturnTo, sessions::RequestContext};

    let return_to = return_to.as_deref().and_then(ReturnTo::parse).unwrap_or_default();
    let page = with_return_to("/confirm", Some(return_to.as_str()));
    let provider = provider.unwrap_or_default();
    let context = expect_context::<RequestContext>();
    let outcome = account::reauthenticate_with_provider(&context, &provider, return_to).await;
    account::send(outcome, &page);
    Ok(())
}
