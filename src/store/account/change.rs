//! What all changes of an account have in common.

use time::OffsetDateTime;

use crate::accounts::{SessionEnd, User, UserId};
use crate::store::email::links::{has_too_many_undo_links, invalidate_pending};
use crate::store::engine::database::Database;
use crate::store::engine::write::{Failure, Write};
use crate::store::error::StoreError;
use crate::store::sessions::end::{end_sessions_of, user_at};
use crate::store::sessions::rows::SessionVersion;

/// Why an account was not changed.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    /// The session that requested the change has ended meanwhile, or was renewed.
    #[error("the session has ended")]
    SignedOut,
    /// It does not exist, or belongs to another user.
    #[error("there is no such thing in this account")]
    NotFound,
    #[error("it is the last sign-in method")]
    LastSignInMethod,
    /// The user has no verified email address.
    #[error("the account has no verified email address")]
    EmailNeeded,
    /// Another user has the email address.
    #[error("the email address belongs to another user")]
    EmailTaken,
    /// Another user requested the link.
    #[error("another user requested the link")]
    OtherUser,
    /// The credential belongs to an account already.
    #[error("the passkey belongs to an account already")]
    PasskeyExists,
    #[error("the account has too many passkeys")]
    TooManyPasskeys,
    /// The user has changed sign-in methods very often this week.
    #[error("too many changes of sign-in methods this week")]
    TooManyChanges,
    #[error(transparent)]
    Store(StoreError),
}

impl<E: Into<StoreError>> From<E> for ChangeError {
    fn from(error: E) -> Self {
        Self::Store(error.into())
    }
}

impl Failure for ChangeError {
    fn of_database(&self) -> Option<&StoreError> {
        match self {
            Self::Store(error) => Some(error),
            _ => None,
        }
    }
}

/// The transaction of a change, and its user as they were before.
pub(in crate::store) struct Begun<'a> {
    pub(in crate::store) write: Write<'a>,
    pub(in crate::store) user: User,
}

impl Database {
    /// Begins a change that a signed-in user requests, under the lock of [`write_as`](Self::write_as).
    ///
    /// # Errors
    /// [`ChangeError::SignedOut`] if the session `here` has ended or was renewed since the request was authenticated.
    pub(in crate::store) async fn begin_as(
        &self,
        user: UserId,
        here: SessionVersion<'_>,
    ) -> Result<Begun<'_>, ChangeError> {
        let mut write = self.write_as(user).await?;
        let user = user_at(write.connection(), user, here).await?.ok_or(ChangeError::SignedOut)?;
        Ok(Begun { write, user })
    }

    /// A transaction that locks the user's sign-in methods: of two that each remove the last but one, the second finds
    /// only one left.
    pub(in crate::store) async fn write_as(&self, user: UserId) -> Result<Write<'_>, StoreError> {
        let mut write = self.write().await?;
        write.lock(&[format!("user {user}")]).await?;
        Ok(write)
    }

    /// Ends the user's other sessions and pending changes.
    pub(in crate::store) async fn credential_changed(
        &self,
        write: &mut Write<'_>,
        user: UserId,
        here: &str,
        end: SessionEnd,
        now: OffsetDateTime,
    ) -> Result<(), StoreError> {
        end_sessions_of(write, user, Some(here), end, now).await?;
        invalidate_pending(write.connection(), user).await
    }
}

/// For a change whose email has an undo link: each is kept for a week, and none goes to make room.
///
/// # Errors
/// [`ChangeError::TooManyChanges`]
pub(in crate::store) async fn require_room_for_undo(
    write: &mut Write<'_>,
    user: UserId,
    now: OffsetDateTime,
) -> Result<(), ChangeError> {
    match has_too_many_undo_links(write.connection(), user, now).await? {
        true => Err(ChangeError::TooManyChanges),
        false => Ok(()),
    }
}
