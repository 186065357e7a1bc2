//! Gathers what the policy looks at.

use super::error::StoreError;
use super::identities::{known_identity, providers_of};
use super::users::{address_holders, address_owner, user};
use super::write::Write;
use crate::accounts::{
    AddressHolder, AddressOwner, Facts, IdentityId, IdentityOwner, SignUp, Standing, UserId, VerifiedEmail, Way,
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
    sign_up: &SignUp,
) -> Result<Gathered, StoreError> {
    write.lock(&names(facts, session_user)).await?;

    let mut standing = Standing { sign_up: sign_up.clone(), ..Standing::default() };
    let mut identity = None;
    if let Some(known) = known_identity(write.connection(), &facts.identity).await? {
        identity = Some(known.id);
        standing.identity_owner = Some(IdentityOwner { user: known.user.into(), recorded_email: known.email });
    }
    if let Some(id) = session_user {
        standing.session_user = user(write.connection(), id).await?.map(Into::into);
    }
    // Only a verified address is looked up at all: nobody is found by one that nobody proved. The usual case,
    // a known user with the address that they had before, needs no look-up either.
    if let Some(email) = facts.email.verified()
        && !is_settled(email, &standing)
    {
        gather_address(write, email, &mut standing).await?;
    }
    Ok(Gathered { standing, identity })
}

/// What the answer depends on, by name. See [`Write::lock`].
fn names(facts: &Facts, session_user: Option<UserId>) -> Vec<String> {
    let identity = &facts.identity;
    let mut names = vec![format!("identity {} {}", identity.issuer(), identity.subject())];
    names.extend(facts.email.verified().map(|email| format!("email {}", email.address())));
    names.extend(session_user.map(|user| format!("user {user}")));
    names
}

fn is_settled(email: &VerifiedEmail, standing: &Standing) -> bool {
    let owner = standing.identity_owner.as_ref();
    owner.is_some_and(|owner| owner.user.verified_email.as_ref() == Some(email))
}

async fn gather_address(
    write: &mut Write<'_>,
    email: &VerifiedEmail,
    standing: &mut Standing,
) -> Result<(), StoreError> {
    if let Some(owner) = address_owner(write.connection(), email.address()).await? {
        let providers = providers_of(write.connection(), owner.id).await?;
        standing.address_owner =
            Some(AddressOwner { user: owner.into(), ways: providers.into_iter().map(Way::Provider).collect() });
    }
    let holders = address_holders(write.connection(), email.address()).await?;
    standing.address_holders = holders
        .into_iter()
        .map(|id| AddressHolder {
            id,
            // No user has one before the password way in is built.
            has_password: false,
        })
        .collect();
    Ok(())
}
