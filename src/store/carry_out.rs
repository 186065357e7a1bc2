//! Does what the policy decided.

use time::OffsetDateTime;

use super::email_tokens::invalidate_pending;
use super::error::StoreError;
use super::identities::{link_identity, refresh_identity, unlink_all};
use super::passwords::drop_password;
use super::sessions::delete_sessions_of;
use super::settle::SignedIn;
use super::users::{adopt_email, complete_user, create_user, drop_claim, refresh_user, user};
use super::write::Write;
use crate::accounts::{Answer, EmailUpdate, Facts, IdentityId, Invalidation, NewEmail, SquattedAccount, UserId};

/// The ids for rows that may have to be made, and the time to write into them.
pub(super) struct NewIds {
    pub(super) user: UserId,
    pub(super) identity: IdentityId,
    pub(super) now: OffsetDateTime,
}

/// Carries an answer out; tells the user who is signed in by it, if anybody is.
pub(super) async fn carry_out(
    write: &mut Write<'_>,
    answer: &Answer,
    facts: &Facts,
    known: Option<IdentityId>,
    ids: &NewIds,
) -> Result<Option<SignedIn>, StoreError> {
    let now = ids.now;
    let (id, identity) = match answer {
        Answer::SignIn { user, email }
        | Answer::AlreadyLinked { user, email }
        | Answer::Proven { user, email }
        | Answer::Grant { user, email } => {
            let known = known.ok_or_else(|| StoreError::Corrupt("an identity without its row".into()))?;
            refresh_user(write.connection(), *user, facts).await?;
            refresh_identity(write.connection(), known, facts, now).await?;
            update_email(write, *user, email, now).await?;
            (*user, known)
        }
        Answer::LinkWithoutAsking { user, email } => {
            link_identity(write.connection(), ids.identity, *user, facts, now).await?;
            refresh_user(write.connection(), *user, facts).await?;
            update_email(write, *user, email, now).await?;
            (*user, ids.identity)
        }
        Answer::Link { user, email } => {
            link_identity(write.connection(), ids.identity, *user, facts, now).await?;
            complete_user(write.connection(), *user, facts).await?;
            update_email(write, *user, email, now).await?;
            (*user, ids.identity)
        }
        Answer::ClaimFromUnverified { email, squatted_accounts } => {
            invalidated(write, squatted_accounts, now).await?;
            let email = NewEmail::Verified(email.clone());
            create_user(write.connection(), ids.user, facts, &email, now).await?;
            link_identity(write.connection(), ids.identity, ids.user, facts, now).await?;
            (ids.user, ids.identity)
        }
        Answer::Create { email } => {
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
    user: UserId,
    email: &EmailUpdate,
    now: OffsetDateTime,
) -> Result<(), StoreError> {
    match email {
        EmailUpdate::Keep => Ok(()),
        EmailUpdate::Adopt { email, squatted_accounts } => {
            invalidated(write, squatted_accounts, now).await?;
            adopt_email(write.connection(), user, email).await
        }
    }
}

/// Takes from others what they hung on an address that somebody else has proven.
pub(super) async fn invalidated(
    write: &mut Write<'_>,
    squatted_accounts: &[SquattedAccount],
    now: OffsetDateTime,
) -> Result<(), StoreError> {
    for squatted in squatted_accounts {
        for invalidated in &squatted.invalidated {
            carry_out_invalidation(write, squatted.user, *invalidated, now).await?;
        }
    }
    Ok(())
}

/// Takes one thing from a user.
pub(super) async fn carry_out_invalidation(
    write: &mut Write<'_>,
    user: UserId,
    invalidated: Invalidation,
    now: OffsetDateTime,
) -> Result<(), StoreError> {
    match invalidated {
        Invalidation::Claim => drop_claim(write.connection(), user).await,
        Invalidation::Password => drop_password(write.connection(), user).await,
        Invalidation::Sessions => delete_sessions_of(write, user, None).await.map(drop),
        Invalidation::Identities => unlink_all(write, user, now).await,
        Invalidation::Letters => invalidate_pending(write.connection(), user).await,
    }
}
