//! "Is it still you?": a fresh proof before a sensitive step.

use leptos::prelude::*;

use super::secret::Secret;

/// POST `/auth/prove/password`: proves it by the password.
///
/// # Errors
/// Never: every way out is a redirect to an address of ours, or 503.
#[server(name = ProveByPassword, prefix = "/auth", endpoint = "prove/password")]
pub async fn prove_by_password(
    /// The password.
    password: Option<Secret>,
    /// Where the person was going.
    return_to: Option<String>,
) -> Result<(), ServerFnError> {
    use secrecy::SecretString;

    use crate::{codes::percent::with_return_to, intents, relying_party::ReturnTo, sessions::Visit};

    let return_to = return_to.as_deref().and_then(ReturnTo::parse).unwrap_or_default();
    let page = with_return_to("/confirm", Some(return_to.as_str()));
    let password = SecretString::from(password.unwrap_or_default().into_text());
    let visit = expect_context::<Visit>();
    let outcome = intents::prove_by_password(&visit, &password, return_to).await;
    intents::send(outcome, &page);
    Ok(())
}

/// POST `/auth/prove/provider`: starts a round trip to a linked provider.
///
/// # Errors
/// Never: every way out is a redirect to an address of ours, or 503.
#[server(name = ProveByProvider, prefix = "/auth", endpoint = "prove/provider")]
pub async fn prove_by_provider(
    /// The provider's slug.
    provider: Option<String>,
    /// Where the person was going.
    return_to: Option<String>,
) -> Result<(), ServerFnError> {
    use crate::{codes::percent::with_return_to, intents, relying_party::ReturnTo, sessions::Visit};

    let return_to = return_to.as_deref().and_then(ReturnTo::parse).unwrap_or_default();
    let page = with_return_to("/confirm", Some(return_to.as_str()));
    let provider = provider.unwrap_or_default();
    let visit = expect_context::<Visit>();
    let outcome = intents::prove_by_provider(&visit, &provider, return_to).await;
    intents::send(outcome, &page);
    Ok(())
}
