//! Gathers what the linking policy looks at.

use crate::accounts::{
    EmailAddress, EmailOwner, Facts, Identity, IdentityKey, IdentityOwner, LinkingContext, SecondFactorPolicy,
    SecondFactors, UserId, VerifiedEmail,
};
use crate::store::email::invitations::invitation_to;
use crate::store::email::links::has_too_many_undo_links;
use crate::store::engine::write::Write;
use crate::store::error::StoreError;
use crate::store::linking::request::Admission;
use crate::store::second_factor::app::second_factors_of;
use crate::store::sessions::end::user_at;
use crate::store::sessions::rows::SessionVersion;
use crate::store::users::identities::{KnownIdentity, count_identities, known_identity};
use crate::store::users::queries::{email_holders, email_owner, user};
use crate::store::users::sign_in_methods::sign_in_methods;

pub(in crate::store) struct Gathered {
    pub(in crate::store) linking_context: LinkingContext,
    /// The profile's identity with its user, if it is linked.
    pub(in crate::store) known: Option<KnownIdentity>,
}

/// Reads what the database knows about a profile, under locks on everything that the decision depends on.
pub(in crate::store) async fn gather(
    write: &mut Write<'_>,
    facts: &Facts,
    session_user: Option<UserId>,
    session: Option<SessionVersion<'_>>,
    admission: &Admission<'_>,
    second_factor: SecondFactorPolicy,
) -> Result<Gathered, StoreError> {
    write.lock(&lock_names(facts, session_user)).await?;

    let mut linking_context = LinkingContext { sign_up: admission.sign_up.clone(), ..LinkingContext::default() };
    let known = known_identity(write.connection(), &facts.identity).await?;
    linking_context.identity_owner = known
        .as_ref()
        .map(|known| IdentityOwner { user: known.user.clone().into(), recorded_email: known.email.clone() });
    if let Some(id) = session_user
        && still_open(write, id, session).await?
    {
        linking_context.session_user = user(write.connection(), id).await?.map(Into::into);
        if known.is_none() {
            linking_context.is_full = count_identities(write.connection(), id).await? >= Identity::MAX_PER_USER
                || has_too_many_undo_links(write.connection(), id, admission.now).await?;
        }
    }
    // Only a verified email address may find a user. The usual case, a known user with an unchanged address, needs no
    // query either.
    if let Some(email) = facts.email.verified()
        && !is_settled(email, &linking_context)
    {
        gather_email(write, email.email(), second_factor, &mut linking_context).await?;
        linking_context.invitation = invitation_to(write.connection(), email.email(), admission).await?;
        let affected = affected_user(&linking_context);
        linking_context.too_many_changes = has_too_many_undo_links(write.connection(), affected, admission.now).await?;
    }
    Ok(Gathered { linking_context, known })
}

async fn still_open(
    write: &mut Write<'_>,
    user: UserId,
    session: Option<SessionVersion<'_>>,
) -> Result<bool, StoreError> {
    match session {
        Some(session) => Ok(user_at(write.connection(), user, session).await?.is_some()),
        None => Ok(true),
    }
}

/// For an email address that a sign-up form or its link names, under a lock on it.
pub(in crate::store) async fn linking_context_of_sign_up(
    write: &mut Write<'_>,
    email: &EmailAddress,
    admission: &Admission<'_>,
) -> Result<LinkingContext, StoreError> {
    let mut linking_context = linking_context_of_email(write, email).await?;
    linking_context.sign_up = admission.sign_up.clone();
    linking_context.invitation = invitation_to(write.connection(), email, admission).await?;
    Ok(linking_context)
}

/// For an email address that a link verifies, under a lock on it.
pub(in crate::store) async fn linking_context_of_email(
    write: &mut Write<'_>,
    email: &EmailAddress,
) -> Result<LinkingContext, StoreError> {
    write.lock(&[format!("email {email}")]).await?;
    let mut linking_context = LinkingContext::default();
    gather_email(write, email, SecondFactorPolicy::default(), &mut linking_context).await?;
    Ok(linking_context)
}

/// See [`Write::lock`].
fn lock_names(facts: &Facts, session_user: Option<UserId>) -> Vec<String> {
    let mut names = vec![lock_name(&facts.identity)];
    names.extend(facts.email.verified().map(|email| format!("email {}", email.email())));
    names.extend(session_user.map(|user| format!("user {user}")));
    names
}

/// The lock of an account at a provider, whichever user it is linked to.
pub(in crate::store) fn lock_name(identity: &IdentityKey) -> String {
    format!("identity {} {}", identity.issuer(), identity.subject())
}

/// Whose account the profile would change. [`UserId::NOBODY`] for a new user: that costs the same query.
fn affected_user(linking_context: &LinkingContext) -> UserId {
    let owner = linking_context.identity_owner.as_ref().map(|owner| owner.user.id);
    owner.or(linking_context.email_owner.as_ref().map(|owner| owner.user.id)).unwrap_or(UserId::NOBODY)
}

fn is_settled(email: &VerifiedEmail, linking_context: &LinkingContext) -> bool {
    let owner = linking_context.identity_owner.as_ref();
    owner.is_some_and(|owner| owner.user.verified_email.as_ref() == Some(email))
}

async fn gather_email(
    write: &mut Write<'_>,
    email: &EmailAddress,
    second_factor: SecondFactorPolicy,
    linking_context: &mut LinkingContext,
) -> Result<(), StoreError> {
    let owner = email_owner(write.connection(), email).await?;
    // Also without an owner: a known email address must not cost more queries than an unknown one.
    let id = owner.as_ref().map_or(UserId::NOBODY, |owner| owner.id);
    let methods = sign_in_methods(write, id).await?;
    let has_passkeys = write.has_passkeys();
    let has = second_factors_of(write.connection(), id).await?;
    let has_second_factor = second_factor.is_kept_by(SecondFactors { passkey: has.passkey && has_passkeys, ..has });
    linking_context.email_owner = owner.map(|owner| EmailOwner { user: owner.into(), methods, has_second_factor });
    linking_context.email_holders = email_holders(write.connection(), email).await?;
    Ok(())
}
