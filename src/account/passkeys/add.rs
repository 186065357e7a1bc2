//! Add a passkey.

use serde_json::Value;

use super::{
    super::{error::AccountError, reauthenticate::reauthenticated, reply::Reply},
    finish::PASSKEYS_PAGE,
    verify::{refused, use_up},
};
use crate::{
    accounts::{Passkey, UserId, describe_device},
    codes::{done::Done, form_error::FormError},
    sessions::{PasskeyCeremony, RequestContext},
    webauthn::{Presence, RegistrationResponse, Rp, verify_registration},
};

/// `conditional`: the password manager asked no one. The user has authenticated recently in either case.
pub(super) async fn add(
    context: &RequestContext,
    rp: &Rp,
    ceremony: &PasskeyCeremony,
    user: UserId,
    conditional: bool,
    credential: &Value,
) -> Result<Reply, AccountError> {
    let signed_in = reauthenticated(context)?;
    // Another tab may have signed in to another account meanwhile.
    if signed_in.user.id != user {
        return Err(FormError::ReauthenticationMismatch.into());
    }
    let presence = if conditional { Presence::NotRequired } else { Presence::Required };
    let new = RegistrationResponse::from_json(credential)
        .and_then(|response| verify_registration(rp, &ceremony.challenge, presence, &response))
        .map_err(|failure| refused(Some(user), failure))?;
    use_up(context, ceremony).await?;
    let name = Passkey::suggested_name(&new, &describe_device(context.client.user_agent.as_deref()));
    let session = signed_in.session.at_version();
    context.database.add_passkey(user, &new, &name, session, &context.audit()).await?;
    context.wake_mail();
    let renewed = context.renew_session().await?.unwrap_or_default();
    Ok(Reply::done(PASSKEYS_PAGE, Done::PasskeyAdded).with(renewed))
}
