//! Unlink an identity.

use leptos::prelude::*;

use super::{
    error::AccountError,
    reauthenticate::reauthenticated,
    reply::{Reply, send},
};
use crate::{
    accounts::IdentityId,
    codes::{done::Done, form_error::FormError, percent::with_query, settings_page::SettingsPage},
    sessions::RequestContext,
};

/// POST `/settings/unlink`: unlinks an identity, by its id.
#[server(name = Unlink, prefix = "/settings", endpoint = "unlink")]
pub async fn unlink(identity: Option<String>) -> Result<(), ServerFnError> {
    let identity = identity.unwrap_or_default();
    let page = with_query("/settings/unlink", &[("identity", &identity)]);
    let context = expect_context::<RequestContext>();
    send(unlink_identity(&context, &identity).await, &page);
    Ok(())
}

async fn unlink_identity(context: &RequestContext, identity: &str) -> Result<Reply, AccountError> {
    let signed_in = reauthenticated(context)?;
    let (user, session) = (signed_in.user.id, signed_in.session.at_version());
    let identity = IdentityId::parse(identity).map_err(|_| FormError::NotFound)?;
    let revoked_access = context.grants.affected_access(user, Some(identity)).await?;
    context.database.unlink(user, identity, revoked_access, session, &context.audit()).await?;
    context.wake_mail();
    context.grants.wake_revocation_worker();
    Ok(Reply::done(SettingsPage::Security.path(), Done::Unlinked)
        .with(context.renew_session().await?.unwrap_or_default()))
}
