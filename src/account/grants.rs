//! What a person lets us see at a provider, and lets us see no more.

use super::{
    confirming::{signed_in, start_flow},
    error::AccountError,
    reply::Reply,
};
use crate::{
    accounts::{IdentityId, Purpose},
    codes::{
        access::Access,
        outcome::{Done, FormError},
    },
    relying_party::{AuthorizationOptions, ReturnTo},
    sessions::RequestContext,
};

/// Starts a round trip to the provider of one of the person's identities, which asks them to let us see something. No fresh
/// proof: what comes of it is what they agree to there.
///
/// # Errors
/// [`AccountError`].
pub async fn connect(
    context: &RequestContext,
    access: Option<Access>,
    identity: &str,
    return_to: Option<ReturnTo>,
) -> Result<Reply, AccountError> {
    let user = signed_in(context)?.user.id;
    let access = access.ok_or(FormError::NotFound)?;
    let identity = IdentityId::parse(identity).map_err(|_| FormError::NotFound)?;
    let identities = context.database.identities(user).await?;
    let identity = identities.into_iter().find(|own| own.id == identity).ok_or(FormError::NotFound)?;
    let options = AuthorizationOptions {
        return_to: return_to.or_else(|| ReturnTo::parse(access.page())).unwrap_or_default(),
        login_hint: identity.email.as_ref().map(ToString::to_string),
        access: Some(access),
        prompt: None,
    };
    start_flow(context, &identity.provider, Purpose::Grant { user, identity: identity.key }, options).await
}

/// Ends what one of the person's identities lets us see, all of it.
///
/// # Errors
/// [`AccountError`].
pub async fn disconnect(
    context: &RequestContext,
    identity: &str,
    return_to: Option<ReturnTo>,
) -> Result<Reply, AccountError> {
    let user = signed_in(context)?.user.id;
    let identity = IdentityId::parse(identity).map_err(|_| FormError::NotFound)?;
    if !context.grants.disconnect(user, identity, &context.audit()).await? {
        return Err(FormError::NotFound.into());
    }
    let page = return_to.as_ref().map_or("/settings", ReturnTo::as_str);
    Ok(Reply::done(page, Done::Disconnected))
}
