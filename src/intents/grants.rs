//! What a person lets us see at a provider, and lets us see no more.

use super::{
    confirming::{signed_in, start_flow},
    fault::Fault,
    reply::Reply,
};
use crate::{
    accounts::{IdentityId, Purpose},
    codes::{
        access::Access,
        outcome::{Done, Trouble},
    },
    relying_party::{ReturnTo, Wishes},
    sessions::Visit,
};

/// Starts a round trip to the provider of one of the person's identities, which asks them to let us see something. No fresh
/// proof: what comes of it is what they agree to there.
///
/// # Errors
/// [`Fault`].
pub async fn connect(
    visit: &Visit,
    access: Option<Access>,
    identity: &str,
    return_to: Option<ReturnTo>,
) -> Result<Reply, Fault> {
    let user = signed_in(visit)?.user.id;
    let access = access.ok_or(Trouble::NotThere)?;
    let identity = IdentityId::parse(identity).map_err(|_| Trouble::NotThere)?;
    let identities = visit.database.identities(user).await?;
    let identity = identities.into_iter().find(|own| own.id == identity).ok_or(Trouble::NotThere)?;
    let wishes = Wishes {
        return_to: return_to.or_else(|| ReturnTo::parse(access.page())).unwrap_or_default(),
        login_hint: identity.email.as_ref().map(ToString::to_string),
        access: Some(access),
        prompt: None,
    };
    start_flow(visit, &identity.provider, Purpose::Grant { user, identity: identity.key }, wishes).await
}

/// Ends what one of the person's identities lets us see, all of it.
///
/// # Errors
/// [`Fault`].
pub async fn disconnect(visit: &Visit, identity: &str, return_to: Option<ReturnTo>) -> Result<Reply, Fault> {
    let user = signed_in(visit)?.user.id;
    let identity = IdentityId::parse(identity).map_err(|_| Trouble::NotThere)?;
    if !visit.grants.disconnect(user, identity, &visit.occasion()).await? {
        return Err(Trouble::NotThere.into());
    }
    let page = return_to.as_ref().map_or("/settings", ReturnTo::as_str);
    Ok(Reply::done(page, Done::Disconnected))
}
