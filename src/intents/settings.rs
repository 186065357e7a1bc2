//! What a signed-in person changes.

use secrecy::SecretString;

use super::{
    confirming::{proven, signed_in},
    fault::Fault,
    inbox::{address_of, check_inbox, letter_of},
    password::chosen,
    reply::Reply,
};
use crate::{
    accounts::{IdentityId, LinkKind, display_name},
    codes::outcome::{Done, Trouble},
    relying_party::ReturnTo,
    sessions::Visit,
    store::{Changed, LinkData},
};

const SETTINGS: &str = "/settings";

/// Sets the first password, or another one.
///
/// # Errors
/// [`Fault`].
pub async fn set_password(visit: &Visit, password: &SecretString) -> Result<Reply, Fault> {
    let signed_in = proven(visit)?;
    let user = &signed_in.user;
    let email = user.verified_email.as_ref().map(|email| email.address()).ok_or(Trouble::AddressNeeded)?;
    let personal = [email.as_str(), user.name.as_deref().unwrap_or_default()];
    let hash = chosen(visit, password, &personal).await?;
    let first = visit.database.password_of(user.id).await?.is_none();
    let here = &signed_in.session.id_hash;
    done(visit.database.set_password(user.id, &hash, here, &visit.occasion()).await?)?;
    visit.ring();
    let known = visit.jar.remember_account(&visit.headers, email, visit.clock.now());
    let changed = if first { Done::PasswordSet } else { Done::PasswordChanged };
    Ok(Reply::done(SETTINGS, changed).with(visit.renew_session(false).await?.into_iter().flatten()).with(known))
}

/// Sends a letter to the address that is to become the person's.
///
/// # Errors
/// [`Fault`].
pub async fn change_email(visit: &Visit, email: &str, return_to: Option<ReturnTo>) -> Result<Reply, Fault> {
    let user = &proven(visit)?.user;
    let address = address_of(email)?;
    if user.verified_email.as_ref().is_some_and(|own| *own.address() == address) {
        return Err(Trouble::EmailUnchanged.into());
    }
    if visit.attempts.count_letter(&address, LinkKind::ChangeEmail) {
        let return_to = return_to.as_ref().map(|path| path.as_str().to_owned());
        let data = LinkData { return_to, ..LinkData::default() };
        visit.database.begin_email_change(user.id, &address, &data, &visit.occasion()).await?;
        visit.ring();
    }
    let return_to = return_to.or_else(|| ReturnTo::parse(SETTINGS));
    check_inbox(visit, "email_change", &address, return_to.as_ref())
}

/// Gives the person the address that the letter they followed proves.
///
/// # Errors
/// [`Fault`].
pub async fn confirm_email(visit: &Visit, shown: Option<&str>) -> Result<Reply, Fault> {
    let signed_in = signed_in(visit)?;
    let (token, _) = letter_of(visit, LinkKind::ChangeEmail, shown).await?;
    let here = &signed_in.session.id_hash;
    let (changed, data) =
        visit.database.finish_email_change(signed_in.user.id, &token, here, &visit.occasion()).await?;
    done(changed)?;
    visit.ring();
    let (letter, typed) = (visit.jar.letter.clear(&visit.headers), visit.jar.typed.clear(&visit.headers));
    let reply = match data.return_to.as_deref().and_then(ReturnTo::parse) {
        Some(return_to) => Reply::back(&return_to),
        None => Reply::done(SETTINGS, Done::EmailChanged),
    };
    Ok(reply.with(visit.renew_session(false).await?.into_iter().flatten()).with(letter).with(typed))
}

/// Unlinks an identity.
///
/// # Errors
/// [`Fault`].
pub async fn unlink(visit: &Visit, identity: &str) -> Result<Reply, Fault> {
    let signed_in = proven(visit)?;
    let identity = IdentityId::parse(identity).map_err(|_| Trouble::NotThere)?;
    let here = &signed_in.session.id_hash;
    let given_back = visit.grants.at_stake(signed_in.user.id, Some(identity)).await?;
    done(visit.database.unlink(signed_in.user.id, identity, given_back, here, &visit.occasion()).await?)?;
    visit.ring();
    visit.grants.ring();
    Ok(Reply::done(SETTINGS, Done::Unlinked).with(visit.renew_session(false).await?.into_iter().flatten()))
}

/// Keeps the name that the person chose; an empty one goes back to what a provider tells.
///
/// # Errors
/// [`Fault`].
pub async fn choose_name(visit: &Visit, name: &str) -> Result<Reply, Fault> {
    let user = signed_in(visit)?.user.id;
    visit.database.choose_name(user, display_name(name).as_deref(), &visit.occasion()).await?;
    Ok(Reply::done(SETTINGS, Done::ProfileSaved))
}

/// Ends one of the person's sessions.
///
/// # Errors
/// [`Fault`].
pub async fn end_session(visit: &Visit, session: &str) -> Result<Reply, Fault> {
    let user = signed_in(visit)?.user.id;
    match visit.database.end_session(user, session, &visit.occasion()).await? {
        true => Ok(Reply::done(SETTINGS, Done::DeviceEnded)),
        false => Err(Trouble::NotThere.into()),
    }
}

/// Ends all of the person's sessions but this one.
///
/// # Errors
/// [`Fault`].
pub async fn end_other_sessions(visit: &Visit) -> Result<Reply, Fault> {
    let signed_in = signed_in(visit)?;
    let here = &signed_in.session.id_hash;
    visit.database.end_other_sessions(signed_in.user.id, here, &visit.occasion()).await?;
    Ok(Reply::done(SETTINGS, Done::OthersEnded))
}

fn done(changed: Changed) -> Result<(), Fault> {
    Err(match changed {
        Changed::Done => return Ok(()),
        Changed::SignedOut => return Err(Fault::SignedOut),
        Changed::NotThere => Trouble::NotThere,
        Changed::LastWayIn => Trouble::LastWayIn,
        Changed::AddressNeeded => Trouble::AddressNeeded,
        Changed::AddressTaken => Trouble::LetterInvalid,
        Changed::OfAnother => Trouble::LetterOfAnother,
    }
    .into())
}
