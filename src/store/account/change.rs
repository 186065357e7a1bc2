//! What all changes of an account have in common.

use time::OffsetDateTime;

use crate::accounts::{SessionEnd, UserId};
use crate::store::email::links::invalidate_pending;
use crate::store::engine::database::Database;
use crate::store::engine::write::Write;
use crate::store::error::StoreError;
use crate::store::sessions::end::end_sessions_of;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Changed {
    Done,
    /// The session that requested the change has ended meanwhile.
    SignedOut,
    /// It does not exist, or belongs to another user.
    NotFound,
    LastSignInMethod,
    /// The user has no verified email address.
    EmailNeeded,
    /// Another user has the email address.
    EmailTaken,
    /// Another user requested the link.
    OtherUser,
    /// The credential belongs to an account already.
    PasskeyExists,
    TooManyPasskeys,
    /// The user has changed sign-in methods very often this week.
    TooManyChanges,
}

impl Database {
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
