//! Gathers what the policy looks at.

use super::error::StoreError;
use super::identities::{known_identity, providers_of};
use super::passwords::password_of;
use super::sessions::is_open;
use super::users::{address_holders, address_owner, user};
use super::write::Write;
use crate::accounts::{
    AddressHolder, AddressOwner, EmailAddress, Facts, IdentityId, IdentityKey, IdentityOwner, SignUp, Standing, UserId,
    VerifiedEmail, Way,
};

/// How things stand, and the row of the identity if it is known.
pub(super) struct Gathered {
    pub(super) standing: Standing,
    pub(super) identity: Option<IdentityId>,
}

/// Asks the database about a profile, under locks on all that the answer depends on.
pub(super) async fn gather(
    write: &mut Write<'_>,
    facts: &Facts,
    session_user: Option<UserId>,
    session: Option<&str>,
    sign_up: &SignUp,
) -> Result<Gathered, StoreError> {
    write.lock(&names(facts, session_user)).await?;

    let mut standing = Standing { sign_up: sign_up.clone(), ..Standing::default() };
    let mut identity = None;
    if let Some(known) = known_identity(write.connection(), &facts.identity).await? {
        identity = Some(known.id);
        standing.identity_owner = Some(IdentityOwner { user: known.user.into(), recorded_email: known.email });
    }
    if let Some(id) = session_user
        && still_open(write, id, session).await?
    {
        standing.session_user = user(write.connection(), id).await?.map(Into::into);
    }
    // Only a verified address is looked up at all: nobody is found by one that nobody proved. The usual case,
    // a known user with the address that they had before, needs no look-up either.
    if let Some(email) = facts.email.verified()
        && !is_settled(email, &standing)
    {
        gather_address(write, email.address(), &mut standing).await?;
    }
    Ok(Gathered { standing, identity })
}

async fn still_open(write: &mut Write<'_>, user: UserId, session: Option<&str>) -> Result<bool, StoreError> {
    match session {
        Some(session) => is_open(write.connection(), user, session).await,
        None => Ok(true),
    }
}

/// Asks the database about an address that a letter proves, or is to prove, under a lock on it.
pub(super) async fn standing_of_address(write: &mut Write<'_>, address: &EmailAddress) -> Result<Standing, StoreError> {
    write.lock(&[format!("email {address}")]).await?;
    let mut standing = Standing::default();
    gather_address(write, address, &mut standing).await?;
    Ok(standing)
}

/// What the answer depends on, by name. See [`Write::lock`].
fn names(facts: &Facts, session_user: Option<UserId>) -> Vec<String> {
    let mut names = vec![name_of(&facts.identity)];
    names.extend(facts.email.verified().map(|email| format!("email {}", email.address())));
    names.extend(session_user.map(|user| format!("user {user}")));
    names
}

/// The name of an account at a provider, whoever it belongs to here.
pub(super) fn name_of(identity: &IdentityKey) -> String {
    format!("identity {} {}", identity.issuer(), identity.subject())
}

fn is_settled(email: &VerifiedEmail, standing: &Standing) -> bool {
    let owner = standing.identity_owner.as_ref();
    owner.is_some_and(|owner| owner.user.verified_email.as_ref() == Some(email))
}

async fn gather_address(
    write: &mut Write<'_>,
    address: &EmailAddress,
    standing: &mut Standing,
) -> Result<(), StoreError> {
    let owner = address_owner(write.connection(), address).await?;
    // Nobody's ways are asked for as well: an address that is known costs no more queries than one that is not.
    let ways = ways_of(write, owner.as_ref().map_or(UserId::NOBODY, |owner| owner.id)).await?;
    standing.address_owner = owner.map(|owner| AddressOwner { user: owner.into(), ways });
    for id in address_holders(write.connection(), address).await? {
        let has_password = password_of(write.connection(), id).await?.is_some();
        standing.address_holders.push(AddressHolder { id, has_password });
    }
    Ok(())
}

/// How a user signs in: with a password, if they have one, and through providers, each once.
async fn ways_of(write: &mut Write<'_>, user: UserId) -> Result<Vec<Way>, StoreError> {
    let password = password_of(write.connection(), user).await?.map(|_| Way::Password);
    let providers = providers_of(write.connection(), user).await?;
    Ok(password.into_iter().chain(providers.into_iter().map(Way::Provider)).collect())
}
