//! Edit the profile.

use leptos::prelude::*;

use super::{
    error::AccountError,
    reauthenticate::signed_in,
    reply::{Reply, send},
};
use crate::{accounts::display_name, codes::done::Done, sessions::RequestContext};

/// POST `/settings/profile`: sets the name; an empty one restores the provider's.
#[server(name = ChooseName, prefix = "/settings", endpoint = "profile")]
pub async fn choose_name(name: Option<String>) -> Result<(), ServerFnError> {
    let context = expect_context::<RequestContext>();
    send(set_name(&context, &name.unwrap_or_default()).await, "/settings");
    Ok(())
}

async fn set_name(context: &RequestContext, name: &str) -> Result<Reply, AccountError> {
    let signed_in = signed_in(context)?;
    let (user, here) = (signed_in.user.id, signed_in.session.at_version());
    let name = display_name(name);
    context.database.choose_name(user, name.as_deref(), here, &context.audit()).await?;
    Ok(Reply::done("/settings", Done::ProfileSaved))
}
