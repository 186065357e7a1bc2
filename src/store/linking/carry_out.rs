//! Carries out the linking policy's decision.

use time::OffsetDateTime;

use crate::accounts::{
    Answer, EmailUpdate, Facts, IdentityId, Invalidation, NewEmail, SquattedAccount, UserId, UserSummary,
};
use crate::store::email::invitations::use_up_invitation;
use crate::store::email::links::invalidate_pending;
use crate::store::engine::write::Write;
use crate::store::error::StoreError;
use crate::store::linking::request::SignedIn;
use crate::store::second_factor::app::delete_app;
use crate::store::sessions::end::delete_sessions_of;
use crate::store::users::identities::{KnownIdentity, link_identity, refresh_identity, unlink_all};
use crate::store::users::passkeys::delete_passkeys_since;
use crate::store::users::passwords::drop_password;
use crate::store::users::queries::{complete_user, create_user, drop_claim, refresh_user, replace_email, user};

/// The ids and the time for rows that the decision may create.
pub(in crate::store) struct NewIds {
    pub(in crate::store) user: UserId,
    pub(in crate::store) identity: IdentityId,
    pub(in crate::store) now: OffsetDateTime,
}

/// Returns the user that the answer signs in, if it does. `before`: that user as the decision knows them.
pub(in crate::store) async fn carry_out(
    write: &mut Write<'_>,
    answer: &Answer,
    facts: &Facts,
    known: Option<KnownIdentity>,
    before: Option<&UserSummary>,
    ids: &NewIds,
) -> Result<Option<SignedIn>, StoreError> {
    let now = ids.now;
    // The usual sign-in: the user's row has been read already, and stays as it is.
    if let (Answer::SignIn { email: EmailUpdate::Keep, .. }, Some(known)) = (answer, &known)
        && !known.user.is_refreshed_by(facts)
    {
        refresh_identity(write.connection(), known, facts, now).await?;
        return Ok(Some(SignedIn { user: known.user.clone(), identity: known.id }));
    }
    let (id, identity) = match answer {
        Answer::SignIn { user, email }
        | Answer::AlreadyLinked { user, email }
        | Answer::Reauthenticated { user, email }
        | Answer::Grant { user, email } => {
            let known = known.ok_or_else(|| StoreError::Corrupt("an identity without its row".into()))?;
            refresh_user(write.connection(), *user, facts).await?;
            refresh_identity(write.connection(), &known, facts, now).await?;
            update_email(write, (*user, before), email, now).await?;
            (*user, known.id)
        }
        Answer::LinkWithoutAsking { user, email } => {
            link_identity(write.connection(), ids.identity, *user, facts, now).await?;
            refresh_user(write.connection(), *user, facts).await?;
            update_email(write, (*user, before), email, now).await?;
            (*user, ids.identity)
        }
        Answer::Link { user, email } => {
            link_identity(write.connection(), ids.identity, *user, facts, now).await?;
            complete_user(write.connection(), *user, facts).await?;
            update_email(write, (*user, before), email, now).await?;
            (*user, ids.identity)
        }
        Answer::ClaimFromUnverified { email, squatted_accounts } => {
            invalidate_squatted(write, squatted_accounts, now).await?;
            use_up_invitation(write.connection(), email.email()).await?;
            let email = NewEmail::Verified(email.clone());
            create_user(write.connection(), ids.user, facts, &email, now).await?;
            link_identity(write.connection(), ids.identity, ids.user, facts, now).await?;
            (ids.user, ids.identity)
        }
        Answer::Create { email } => {
            if let NewEmail::Verified(email) = email {
                use_up_invitation(write.connection(), email.email()).await?;
            }
            create_user(write.connection(), ids.user, facts, email, now).await?;
            link_identity(write.connection(), ids.identity, ids.user, facts, now).await?;
            (ids.user, ids.identity)
        }
        Answer::Prompt { .. } | Answer::LinkedElsewhere | Answer::Refuse(_) => return Ok(None),
    };
    let user = user(write.connection(), id).await?;
    let user = user.ok_or_else(|| StoreError::Corrupt("an identity without its user".into()))?;
    Ok(Some(SignedIn { user, identity }))
}

async fn update_email(
    write: &mut Write<'_>,
    (user, before): (UserId, Option<&UserSummary>),
    email: &EmailUpdate,
    now: OffsetDateTime,
) -> Result<(), StoreError> {
    match email {
        EmailUpdate::Keep => Ok(()),
        EmailUpdate::Adopt { email, squatted_accounts } => {
            // Access tokens contain the address.
            write.revocation_cache().user(user);
            invalidate_squatted(write, squatted_accounts, now).await?;
            let before = before.filter(|before| before.id == user).and_then(|before| before.verified_email.as_ref());
            replace_email(write.connection(), user, before, email).await
        }
    }
}

/// Invalidates what other users have set up with an email address that this user has verified.
pub(in crate::store) async fn invalidate_squatted(
    write: &mut Write<'_>,
    squatted_accounts: &[SquattedAccount],
    now: OffsetDateTime,
) -> Result<(), StoreError> {
    for account in squatted_accounts {
        for invalidation in &account.invalidations {
            invalidate(write, account.user, *invalidation, now).await?;
        }
    }
    Ok(())
}

pub(in crate::store) async fn invalidate(
    write: &mut Write<'_>,
    user: UserId,
    invalidation: Invalidation,
    now: OffsetDateTime,
) -> Result<(), StoreError> {
    match invalidation {
        Invalidation::Claim => drop_claim(write.connection(), user).await,
        Invalidation::Password => drop_password(write.connection(), user).await,
        Invalidation::Sessions => delete_sessions_of(write, user, None).await.map(drop),
        Invalidation::Identities => {
            delete_passkeys_since(write.connection(), user, OffsetDateTime::UNIX_EPOCH).await?;
            delete_app(write.connection(), user).await?;
            unlink_all(write, user, now).await
        }
        Invalidation::EmailLinks => invalidate_pending(write.connection(), user).await,
    }
}
