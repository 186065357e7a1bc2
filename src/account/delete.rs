//! Delete the account.

use leptos::prelude::*;

use super::{
    error::AccountError,
    reauthenticate::reauthenticated,
    reply::{Reply, send},
};
use crate::{
    codes::{done::Done, form_error::FormError},
    sessions::{RequestContext, SignOut},
};

/// The word that the user types to confirm the deletion.
pub const DELETION_WORD: &str = "delete";

/// POST `/settings/delete`: deletes the account with everything in it.
#[server(name = DeleteAccount, prefix = "/settings", endpoint = "delete")]
pub async fn delete_account(word: Option<String>) -> Result<(), ServerFnError> {
    let context = expect_context::<RequestContext>();
    send(delete(&context, &word.unwrap_or_default()).await, "/settings/delete");
    Ok(())
}

async fn delete(context: &RequestContext, word: &str) -> Result<Reply, AccountError> {
    let signed_in = reauthenticated(context)?;
    let user = signed_in.user.id;
    if !word.trim().eq_ignore_ascii_case(DELETION_WORD) {
        return Err(FormError::ConfirmationMissing.into());
    }
    let revoked_access = context.grants.affected_access(user, None).await?;
    let here = signed_in.session.at_version();
    context.database.delete_user(user, here, revoked_access, &context.audit()).await?;
    context.wake_mail();
    context.grants.wake_revocation_worker();
    // The session went with the user; what is left are the browser's cookies.
    let signed_out = RequestContext { signed_in: None, ..context.clone() };
    let forgotten = context.jar.forget_sign_in(&context.headers);
    let cookies = SignOut(signed_out).complete().await?;
    Ok(Reply::done("/login", Done::Deleted).with(cookies).with(forgotten).clearing_site_data())
}
