//! Gathers what the policy looks at.

use super::error::StoreError;
use super::identities::{known_identity, providers_of};
use super::passwords::password_of;
use super::sessions::is_open;
use super::users::{email_holders, email_owner, user};
use super::write::Write;
use crate::accounts::{
    EmailAddress, EmailHolder, EmailOwner, Facts, IdentityId, IdentityKey, IdentityOwner, LinkingContext, SignInMethod,
    SignUp, UserId, VerifiedEmail,
};

/// How things stand, and the row of the identity if it is known.
pub(super) struct Gathered {
    pub(super) linking_context: LinkingContext,
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

    let mut linking_context = LinkingContext { sign_up: sign_up.clone(), ..LinkingContext::default() };
    let mut identity = None;
    if let Some(known) = known_identity(write.connection(), &facts.identity).await? {
        identity = Some(known.id);
        linking_context.identity_owner = Some(IdentityOwner { user: known.user.into(), recorded_email: known.email });
    }
    if let Some(id) = session_user
        && still_open(write, id, session).await?
    {
        linking_context.session_user = user(write.connection(), id).await?.map(Into::into);
    }
    // Only a verified address is looked up at all: nobody is found by one that nobody proved. The usual case,
    // a known user with the address that they had before, needs no look-up either.
    if let Some(email) = facts.email.verified()
        && !is_settled(email, &linking_context)
    {
        gather_address(write, email.address(), &mut linking_context).await?;
    }
    Ok(Gathered { linking_context, identity })
}

async fn still_open(write: &mut Write<'_>, user: UserId, session: Option<&str>) -> Result<bool, StoreError> {
    match session {
        Some(session) => is_open(write.connection(), user, session).await,
        None => Ok(true),
    }
}

/// Asks the database about an address that a letter proves, or is to prove, under a lock on it.
pub(super) async fn standing_of_address(
    write: &mut Write<'_>,
    address: &EmailAddress,
) -> Result<LinkingContext, StoreError> {
    write.lock(&[format!("email {address}")]).await?;
    let mut linking_context = LinkingContext::default();
    gather_address(write, address, &mut linking_context).await?;
    Ok(linking_context)
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

fn is_settled(email: &VerifiedEmail, linking_context: &LinkingContext) -> bool {
    let owner = linking_context.identity_owner.as_ref();
    owner.is_some_and(|owner| owner.user.verified_email.as_ref() == Some(email))
}

async fn gather_address(
    write: &mut Write<'_>,
    address: &EmailAddress,
    linking_context: &mut LinkingContext,
) -> Result<(), StoreError> {
    let owner = email_owner(write.connection(), address).await?;
    // Nobody's ways are asked for as well: an address that is known costs no more queries than one that is not.
    let methods = methods_of(write, owner.as_ref().map_or(UserId::NOBODY, |owner| owner.id)).await?;
    linking_context.email_owner = owner.map(|owner| EmailOwner { user: owner.into(), methods });
    for id in email_holders(write.connection(), address).await? {
        let has_password = password_of(write.connection(), id).await?.is_some();
        linking_context.email_holders.push(EmailHolder { id, has_password });
    }
    Ok(())
}

/// How a user signs in: with a password, if they have one, and through providers, each once.
async fn methods_of(write: &mut Write<'_>, user: UserId) -> Result<Vec<SignInMethod>, StoreError> {
    let password = password_of(write.connection(), user).await?.map(|_| SignInMethod::Password);
    let providers = providers_of(write.connection(), user).await?;
    Ok(password.into_iter().chain(providers.into_iter().map(SignInMethod::Provider)).collect())
}
