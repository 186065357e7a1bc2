//! Rename or remove a passkey.

use leptos::prelude::*;

use super::{
    super::{
        error::AccountError,
        reauthenticate::{reauthenticated, signed_in},
        reply::{Reply, send},
    },
    finish::PASSKEYS_PAGE,
};
use crate::{
    accounts::{Passkey, PasskeyId},
    codes::{done::Done, form_error::FormError, percent::with_query},
    sessions::RequestContext,
};

/// POST `/settings/passkeys/rename`
#[server(name = RenamePasskey, prefix = "/settings", endpoint = "passkeys/rename")]
pub async fn rename_passkey(passkey: Option<String>, name: Option<String>) -> Result<(), ServerFnError> {
    let context = expect_context::<RequestContext>();
    let (passkey, name) = (passkey.unwrap_or_default(), name.unwrap_or_default());
    send(rename(&context, &passkey, &name).await, PASSKEYS_PAGE);
    Ok(())
}

/// POST `/settings/passkeys/remove`
#[server(name = RemovePasskey, prefix = "/settings", endpoint = "passkeys/remove")]
pub async fn remove_passkey(passkey: Option<String>) -> Result<(), ServerFnError> {
    let passkey = passkey.unwrap_or_default();
    let page = with_query("/settings/passkey", &[("passkey", &passkey)]);
    let context = expect_context::<RequestContext>();
    send(remove(&context, &passkey).await, &page);
    Ok(())
}

async fn rename(context: &RequestContext, passkey: &str, name: &str) -> Result<Reply, AccountError> {
    let signed_in = signed_in(context)?;
    let passkey = PasskeyId::parse(passkey).map_err(|_| FormError::NotFound)?;
    let name = Passkey::name_of(name).ok_or(FormError::NameNeeded)?;
    let session = signed_in.session.at_version();
    context.database.rename_passkey(signed_in.user.id, passkey, &name, session).await?;
    Ok(Reply::done(PASSKEYS_PAGE, Done::PasskeyRenamed))
}

async fn remove(context: &RequestContext, passkey: &str) -> Result<Reply, AccountError> {
    let signed_in = reauthenticated(context)?;
    let passkey = PasskeyId::parse(passkey).map_err(|_| FormError::NotFound)?;
    let session = signed_in.session.at_version();
    context.database.remove_passkey(signed_in.user.id, passkey, session, &context.audit()).await?;
    context.wake_mail();
    let renewed = context.renew_session().await?.unwrap_or_default();
    Ok(Reply::done(PASSKEYS_PAGE, Done::PasskeyRemoved).with(renewed))
}
