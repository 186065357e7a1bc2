//! Connect and disconnect a service, such as Google Drive, of a linked identity.

use leptos::prelude::*;

use super::{
    error::AccountError,
    reauthenticate::signed_in,
    reply::{Reply, send},
    start_flow::start_flow,
};
use crate::{
    accounts::{IdentityId, Purpose},
    codes::{access::Access, done::Done, form_error::FormError, settings_page::SettingsPage},
    relying_party::{AuthorizationOptions, ReturnTo},
    sessions::RequestContext,
};

/// POST `/grants/connect`: asks the identity's provider for one more access, by its code. It needs no re-authentication:
/// the user agrees at the provider.
#[server(name = Connect, prefix = "/grants", endpoint = "connect")]
pub async fn connect(
    access: Option<String>,
    identity: Option<String>,
    return_to: Option<String>,
) -> Result<(), ServerFnError> {
    let access = access.as_deref().and_then(Access::from_code);
    let page = access.map_or(SettingsPage::Connections.path(), Access::page);
    let return_to = return_to.as_deref().and_then(ReturnTo::parse);
    let context = expect_context::<RequestContext>();
    send(start(&context, access, &identity.unwrap_or_default(), return_to).await, page);
    Ok(())
}

/// POST `/grants/disconnect`: ends every access of an identity.
#[server(name = Disconnect, prefix = "/grants", endpoint = "disconnect")]
pub async fn disconnect(identity: Option<String>, return_to: Option<String>) -> Result<(), ServerFnError> {
    let return_to = return_to.as_deref().and_then(ReturnTo::parse);
    let page = return_to.as_ref().map_or(SettingsPage::Connections.path(), ReturnTo::as_str);
    let context = expect_context::<RequestContext>();
    send(end(&context, &identity.unwrap_or_default(), page).await, page);
    Ok(())
}

async fn start(
    context: &RequestContext,
    access: Option<Access>,
    identity: &str,
    return_to: Option<ReturnTo>,
) -> Result<Reply, AccountError> {
    let user = signed_in(context)?.user.id;
    let access = access.ok_or(FormError::NotFound)?;
    let id = IdentityId::parse(identity).map_err(|_| FormError::NotFound)?;
    let identities = context.database.identities(user).await?;
    let identity = identities.into_iter().find(|identity| identity.id == id).ok_or(FormError::NotFound)?;
    let options = AuthorizationOptions {
        return_to: return_to.or_else(|| ReturnTo::parse(access.page())).unwrap_or_default(),
        login_hint: identity.email.as_ref().map(ToString::to_string),
        access: Some(access),
        prompt: None,
    };
    start_flow(context, &identity.provider, Purpose::Grant { user, identity: identity.key }, options).await
}

async fn end(context: &RequestContext, identity: &str, page: &str) -> Result<Reply, AccountError> {
    let signed_in = signed_in(context)?;
    let (user, here) = (signed_in.user.id, signed_in.session.at_version());
    let identity = IdentityId::parse(identity).map_err(|_| FormError::NotFound)?;
    context.grants.disconnect(user, identity, here, &context.audit()).await?;
    Ok(Reply::done(page, Done::Disconnected))
}
