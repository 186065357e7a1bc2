//! What a person lets us see at a provider.

use leptos::prelude::*;

/// POST `/grants/connect`: asks the provider of an identity for something more to see.
///
/// # Errors
/// Never: every way out is a redirect to an address of ours or to the provider, or 503.
#[server(name = Connect, prefix = "/grants", endpoint = "connect")]
pub async fn connect(
    /// What is to be seen: a code of `Access`.
    access: Option<String>,
    /// The identity's id.
    identity: Option<String>,
    /// Where to go once it is granted.
    return_to: Option<String>,
) -> Result<(), ServerFnError> {
    use crate::{account, codes::access::Access, relying_party::ReturnTo, sessions::RequestContext};

    let access = access.as_deref().and_then(Access::from_code);
    let page = access.map_or("/settings", Access::page);
    let return_to = return_to.as_deref().and_then(ReturnTo::parse);
    let context = expect_context::<RequestContext>();
    let outcome = account::connect(&context, access, &identity.unwrap_or_default(), return_to).await;
    account::send(outcome, page);
    Ok(())
}

/// POST `/grants/disconnect`: gives back all that an identity lets us see.
///
/// # Errors
/// Never: every way out is a redirect to an address of ours, or 503.
#[server(name = Disconnect, prefix = "/grants", endpoint = "disconnect")]
pub async fn disconnect(
    /// The identity's id.
    identity: Option<String>,
    /// The page of the button, to go back to.
    return_to: Option<String>,
) -> Result<(), ServerFnError> {
    use crate::{account, relying_party::ReturnTo, sessions::RequestContext};

    let return_to = return_to.as_deref().and_then(ReturnTo::parse);
    let page = return_to.as_ref().map_or("/settings", ReturnTo::as_str).to_owned();
    let context = expect_context::<RequestContext>();
    let outcome = account::disconnect(&context, &identity.unwrap_or_default(), return_to).await;
    account::send(outcome, &page);
    Ok(())
}
