//! Taking a change back, and leaving for good.

use super::{confirming::reauthenticated, error::AccountError, inbox::email_of, reply::Reply};
use crate::{
    accounts::LinkKind,
    codes::outcome::{Done, FormError},
    sessions::{RequestContext, SignOut},
    store::Undone,
};

/// The word that has to be typed before an account goes.
pub const DELETION_WORD: &str = "delete";

/// Takes back what a letter announced: "this was not me". Every session ends, and a new password is asked for.
///
/// # Errors
/// [`AccountError`].
pub async fn undo(context: &RequestContext, shown: Option<&str>) -> Result<Reply, AccountError> {
    let (token, _) = email_of(context, LinkKind::Undo, shown).await?;
    let Undone::Done { reset } = context.database.undo(&token, &context.audit()).await? else {
        return Err(FormError::EmailLinkInvalid.into());
    };
    context.wake_mail();
    context.grants.wake_revoker();
    Ok(match reset {
        Some(reset) => {
            Reply::to("/reset-password?done=undone").with([context.jar.email_link.keep(&reset, context.clock.now())?])
        }
        None => Reply::done("/login", Done::Undone).with(context.jar.email_link.clear(&context.headers)),
    })
}

/// Deletes the account with everything that is in it.
///
/// # Errors
/// [`AccountError`].
pub async fn delete_account(context: &RequestContext, word: &str) -> Result<Reply, AccountError> {
    let user = reauthenticated(context)?.user.id;
    if !word.trim().eq_ignore_ascii_case(DELETION_WORD) {
        return Err(FormError::ConfirmationMissing.into());
    }
    let revoked_access = context.grants.affected_access(user, None).await?;
    context.database.delete_user(user, revoked_access, &context.audit()).await?;
    context.wake_mail();
    context.grants.wake_revoker();
    let left = RequestContext { signed_in: None, ..context.clone() };
    Ok(Reply::done("/login", Done::Deleted).with(SignOut(left).complete().await?))
}
