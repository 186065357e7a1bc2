//! Link a provider to the signed-in user.

use leptos::prelude::*;

use super::{
    error::AccountError,
    reauthenticate::reauthenticated,
    reply::{Reply, send},
    start_flow::start_flow,
};
use crate::{
    accounts::Purpose,
    codes::{
        percent::{with_query, with_return_to},
        settings_page::SettingsPage,
    },
    relying_party::{AuthorizationOptions, Prompt, ReturnTo},
    sessions::RequestContext,
};

/// POST `/settings/link`: starts a flow with a provider, by its slug. It ends on the security page of the settings, or at `return_to`.
#[server(name = LinkProvider, prefix = "/settings", endpoint = "link")]
pub async fn link_provider(provider: Option<String>, return_to: Option<String>) -> Result<(), ServerFnError> {
    let provider = provider.unwrap_or_default();
    let return_to = return_to.as_deref().and_then(ReturnTo::parse);
    let page = with_query("/settings/link", &[("provider", &provider)]);
    let page = with_return_to(&page, return_to.as_ref().map(ReturnTo::as_str));
    let context = expect_context::<RequestContext>();
    send(link(&context, &provider, return_to).await, &page);
    Ok(())
}

async fn link(context: &RequestContext, slug: &str, return_to: Option<ReturnTo>) -> Result<Reply, AccountError> {
    let user = reauthenticated(context)?.user.id;
    let identities = context.database.identities(user).await?;
    // A user with an identity there wants to link another one: without a prompt the provider would return the same.
    let is_another = identities.iter().any(|identity| identity.provider == slug);
    let options = AuthorizationOptions {
        return_to: return_to.or_else(|| ReturnTo::parse(SettingsPage::Security.path())).unwrap_or_default(),
        prompt: is_another.then_some(Prompt::SelectAccount),
        ..AuthorizationOptions::default()
    };
    start_flow(context, slug, Purpose::Link { user }, options).await
}
