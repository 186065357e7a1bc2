//! What a signed-in person changes.

use secrecy::SecretString;

use super::{
    confirming::{reauthenticated, signed_in},
    error::AccountError,
    inbox::{address_of, check_inbox, email_of},
    password::chosen,
    reply::Reply,
};
use crate::{
    accounts::{IdentityId, LinkKind, display_name},
    codes::outcome::{Done, FormError},
    relying_party::ReturnTo,
    sessions::RequestContext,
    store::{Changed, LinkData},
};

const SETTINGS: &str = "/settings";

/// Sets the first password, or another one.
///
/// # Errors
/// [`AccountError`].
pub async fn set_password(context: &RequestContext, password: &SecretString) -> Result<Reply, AccountError> {
    let signed_in = reauthenticated(context)?;
    let user = &signed_in.user;
    let email = user.verified_email.as_ref().map(|email| email.address()).ok_or(FormError::EmailNeeded)?;
    let personal = [email.as_str(), user.name.as_deref().unwrap_or_default()];
    let hash = chosen(context, password, &personal).await?;
    let first = context.database.password_of(user.id).await?.is_none();
    let here = &signed_in.session.id_hash;
    done(context.database.set_password(user.id, &hash, here, &context.audit()).await?)?;
    context.wake_mail();
    let known = context.jar.remember_account(&context.headers, email, context.clock.now());
    let changed = if first { Done::PasswordSet } else { Done::PasswordChanged };
    Ok(Reply::done(SETTINGS, changed).with(context.renew_session(false).await?.into_iter().flatten()).with(known))
}

/// Sends a letter to the address that is to become the person's.
///
/// # Errors
/// [`AccountError`].
pub async fn change_email(
    context: &RequestContext,
    email: &str,
    return_to: Option<ReturnTo>,
) -> Result<Reply, AccountError> {
    let user = &reauthenticated(context)?.user;
    let address = address_of(email)?;
    if user.verified_email.as_ref().is_some_and(|own| *own.address() == address) {
        return Err(FormError::EmailUnchanged.into());
    }
    if context.attempts.count_email(&address, LinkKind::ChangeEmail) {
        let return_to = return_to.as_ref().map(|path| path.as_str().to_owned());
        let data = LinkData { return_to, ..LinkData::default() };
        context.database.begin_email_change(user.id, &address, &data, &context.audit()).await?;
        context.wake_mail();
    }
    let return_to = return_to.or_else(|| ReturnTo::parse(SETTINGS));
    check_inbox(context, "email_change", &address, return_to.as_ref())
}

/// Gives the person the address that the letter they followed proves.
///
/// # Errors
/// [`AccountError`].
pub async fn confirm_email(context: &RequestContext, shown: Option<&str>) -> Result<Reply, AccountError> {
    let signed_in = signed_in(context)?;
    let (token, _) = email_of(context, LinkKind::ChangeEmail, shown).await?;
    let here = &signed_in.session.id_hash;
    let (changed, data) =
        context.database.finish_email_change(signed_in.user.id, &token, here, &context.audit()).await?;
    done(changed)?;
    context.wake_mail();
    let (message, typed) = (context.jar.email_link.clear(&context.headers), context.jar.typed.clear(&context.headers));
    let reply = match data.return_to.as_deref().and_then(ReturnTo::parse) {
        Some(return_to) => Reply::back(&return_to),
        None => Reply::done(SETTINGS, Done::EmailChanged),
    };
    Ok(reply.with(context.renew_session(false).await?.into_iter().flatten()).with(message).with(typed))
}

/// Unlinks an identity.
///
/// # Errors
/// [`AccountError`].
pub async fn unlink(context: &RequestContext, identity: &str) -> Result<Reply, AccountError> {
    let signed_in = reauthenticated(context)?;
    let identity = IdentityId::parse(identity).map_err(|_| FormError::NotThere)?;
    let here = &signed_in.session.id_hash;
    let revoked_access = context.grants.affected_access(signed_in.user.id, Some(identity)).await?;
    done(context.database.unlink(signed_in.user.id, identity, revoked_access, here, &context.audit()).await?)?;
    context.wake_mail();
    context.grants.wake_revoker();
    Ok(Reply::done(SETTINGS, Done::Unlinked).with(context.renew_session(false).await?.into_iter().flatten()))
}

/// Keeps the name that the person chose; an empty one goes back to what a provider tells.
///
/// # Errors
/// [`AccountError`].
pub async fn choose_name(context: &RequestContext, name: &str) -> Result<Reply, AccountError> {
    let user = signed_in(context)?.user.id;
    context.database.choose_name(user, display_name(name).as_deref(), &context.audit()).await?;
    Ok(Reply::done(SETTINGS, Done::ProfileSaved))
}

/// Ends one of the person's sessions.
///
/// # Errors
/// [`AccountError`].
pub async fn end_session(context: &RequestContext, session: &str) -> Result<Reply, AccountError> {
    let user = signed_in(context)?.user.id;
    match context.database.end_session(user, session, &context.audit()).await? {
        true => Ok(Reply::done(SETTINGS, Done::DeviceEnded)),
        false => Err(FormError::NotThere.into()),
    }
}

/// Ends all of the person's sessions but this one.
///
/// # Errors
/// [`AccountError`].
pub async fn end_other_sessions(context: &RequestContext) -> Result<Reply, AccountError> {
    let signed_in = signed_in(context)?;
    let here = &signed_in.session.id_hash;
    context.database.end_other_sessions(signed_in.user.id, here, &context.audit()).await?;
    Ok(Reply::done(SETTINGS, Done::OthersEnded))
}

fn done(changed: Changed) -> Result<(), AccountError> {
    Err(match changed {
        Changed::Done => return Ok(()),
        Changed::SignedOut => return Err(AccountError::SignedOut),
        Changed::NotThere => FormError::NotThere,
        Changed::LastSignInMethod => FormError::LastSignInMethod,
        Changed::EmailNeeded => FormError::EmailNeeded,
        Changed::AddressTaken => FormError::EmailLinkInvalid,
        Changed::OfAnother => FormError::EmailLinkOfAnotherUser,
    }
    .into())
}
