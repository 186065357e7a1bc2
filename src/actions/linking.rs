//! One more way in, and one less.

use leptos::prelude::*;

use super::secret::Secret;

/// POST `/settings/link`: starts a flow that links a provider to who is signed in.
///
/// # Errors
/// Never: every way out is a redirect to an address of ours, or 503.
#[server(name = LinkProvider, prefix = "/settings", endpoint = "link")]
pub async fn link_provider(
    /// The provider's slug.
    provider: Option<String>,
    /// Where to go once it is linked.
    return_to: Option<String>,
) -> Result<(), ServerFnError> {
    use crate::{account, codes::percent::encode, relying_party::ReturnTo, sessions::RequestContext};

    let provider = provider.unwrap_or_default();
    let return_to = return_to.as_deref().and_then(ReturnTo::parse);
    let mut page = format!("/settings/link?provider={}", encode(&provider));
    if let Some(return_to) = &return_to {
        page.push_str("&return_to=");
        page.push_str(&encode(return_to.as_str()));
    }
    let context = expect_context::<RequestContext>();
    let outcome = account::link_provider(&context, &provider, return_to).await;
    account::send(outcome, &page);
    Ok(())
}

/// POST `/settings/unlink`: unlinks an identity.
///
/// # Errors
/// Never: every way out is a redirect to an address of ours, or 503.
#[server(name = Unlink, prefix = "/settings", endpoint = "unlink")]
pub async fn unlink(
    /// The identity's id.
    identity: Option<String>,
) -> Result<(), ServerFnError> {
    use crate::{account, codes::percent::encode, sessions::RequestContext};

    let identity = identity.unwrap_or_default();
    let page = format!("/settings/unlink?identity={}", encode(&identity));
    let context = expect_context::<RequestContext>();
    let outcome = account::unlink(&context, &identity).await;
    account::send(outcome, &page);
    Ok(())
}

/// POST `/auth/link/password`: at the link prompt, shows by the password that the account is one's own.
///
/// # Errors
/// Never: every way out is a redirect to an address of ours, or 503.
#[server(name = ResolveLinkByPassword, prefix = "/auth", endpoint = "link/password")]
pub async fn resolve_link_by_password(
    /// What the page showed that waits.
    link: Option<String>,
    /// The password.
    password: Option<Secret>,
) -> Result<(), ServerFnError> {
    use secrecy::SecretString;

    use crate::{account, sessions::RequestContext};

    let password = SecretString::from(password.unwrap_or_default().into_text());
    let context = expect_context::<RequestContext>();
    let outcome = account::resolve_link_by_password(&context, link.as_deref(), &password).await;
    account::send(outcome, "/link");
    Ok(())
}

/// POST `/auth/link/provider`: at the link prompt, starts a round trip to a provider that the account has.
///
/// # Errors
/// Never: every way out is a redirect to an address of ours, or 503.
#[server(name = ResolveLinkByProvider, prefix = "/auth", endpoint = "link/provider")]
pub async fn resolve_link_by_provider(
    /// What the page showed that waits.
    link: Option<String>,
    /// The provider's slug.
    provider: Option<String>,
) -> Result<(), ServerFnError> {
    use crate::{account, sessions::RequestContext};

    let provider = provider.unwrap_or_default();
    let context = expect_context::<RequestContext>();
    let outcome = account::resolve_link_by_provider(&context, link.as_deref(), &provider).await;
    account::send(outcome, "/link");
    Ok(())
}

/// POST `/auth/link/confirm`: at the link prompt, signed in to that very account: links what waits.
///
/// # Errors
/// Never: every way out is a redirect to an address of ours, or 503.
#[server(name = ConfirmLink, prefix = "/auth", endpoint = "link/confirm")]
pub async fn confirm_link(
    /// What the page showed that waits.
    link: Option<String>,
) -> Result<(), ServerFnError> {
    use crate::{account, sessions::RequestContext};

    let context = expect_context::<RequestContext>();
    let outcome = account::confirm_link(&context, link.as_deref()).await;
    account::send(outcome, "/link");
    Ok(())
}

/// POST `/auth/link/cancel`: leaves the link prompt.
///
/// # Errors
/// Never: every way out is a redirect to an address of ours, or 503.
#[server(name = CancelLink, prefix = "/auth", endpoint = "link/cancel")]
pub async fn cancel_link() -> Result<(), ServerFnError> {
    use crate::{account, sessions::RequestContext};

    let context = expect_context::<RequestContext>();
    let outcome = account::cancel_link(&context).await;
    account::send(outcome, "/link");
    Ok(())
}
