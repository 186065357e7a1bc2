//! Queries on `passwords`.

use time::OffsetDateTime;

use crate::accounts::{AuditEvent, EmailAddress, PasswordHash, User, UserId};
use crate::store::account::security_notices::note_failed_try;
use crate::store::audit::context::AuditContext;
use crate::store::engine::connection::Connection;
use crate::store::engine::database::Database;
use crate::store::error::StoreError;
use crate::store::users::queries::user;
use crate::store::users::rows::time;

/// What to compare a password with.
#[derive(Clone, Debug)]
pub enum PasswordLookup {
    Found {
        user: UserId,
        disabled: bool,
        hash: PasswordHash,
        set_at: OffsetDateTime,
    },
    /// The user has no password.
    NoPassword(UserId),
    /// No user has this verified email address.
    NoUser,
}

/// User, disabled at, hash, set at.
type LookupRow = (String, Option<i64>, Option<String>, Option<i64>);

impl Database {
    pub async fn password_lookup(&self, email: &EmailAddress) -> Result<PasswordLookup, StoreError> {
        // One query in every case: the time must not reveal whether the account exists.
        let row: Option<LookupRow> = sqlx::query_as(
            "SELECT users.id, users.disabled_at, passwords.hash, passwords.set_at FROM users \
             LEFT JOIN passwords ON passwords.user_id = users.id WHERE users.verified_email = $1",
        )
        .bind(email.as_str())
        .fetch_optional(&self.pool)
        .await?;
        Ok(match row {
            Some((user, disabled, Some(hash), Some(set_at))) => PasswordLookup::Found {
                user: UserId::parse(&user)?,
                disabled: disabled.is_some(),
                hash: PasswordHash::from_row(hash),
                set_at: time(set_at)?,
            },
            Some((user, ..)) => PasswordLookup::NoPassword(UserId::parse(&user)?),
            None => PasswordLookup::NoUser,
        })
    }

    /// The hash, and when the password was set.
    pub async fn password_of(&self, user: UserId) -> Result<Option<(PasswordHash, OffsetDateTime)>, StoreError> {
        let mut connection = self.pool.acquire().await?;
        password_of(&mut connection, user).await
    }

    /// The user with the password that was set at `set_at`. `None` when the user is deleted or disabled, or when the password
    /// was changed while it was being compared. What opens the session looks at the password again, and records the sign-in.
    pub async fn user_with_password(&self, id: UserId, set_at: OffsetDateTime) -> Result<Option<User>, StoreError> {
        let mut connection = self.pool.acquire().await?;
        let now_set_at = password_of(&mut connection, id).await?.map(|(_, set_at)| set_at);
        let user = user(&mut connection, id).await?;
        Ok(user.filter(|user| user.disabled_at.is_none() && now_set_at == Some(set_at)))
    }

    /// Records a wrong password. An email warns the user of many.
    pub async fn password_refused(&self, user: UserId, audit: &AuditContext) -> Result<(), StoreError> {
        let mut write = self.write().await?;
        note_failed_try(&mut write, audit, user, &AuditEvent::WrongPassword).await?;
        write.commit().await
    }

    /// Replaces the hash of an unchanged password.
    pub async fn rehash_password(
        &self,
        user: UserId,
        old: &PasswordHash,
        new: &PasswordHash,
    ) -> Result<(), StoreError> {
        let _turn = self.turn().await?;
        sqlx::query("UPDATE passwords SET hash = $3 WHERE user_id = $1 AND hash = $2")
            .bind(user.to_string())
            .bind(old.as_str())
            .bind(new.as_str())
            .execute(&self.pool)
            .await?;
        Ok(())
    }
}

pub(in crate::store) async fn password_of(
    connection: &mut Connection,
    user: UserId,
) -> Result<Option<(PasswordHash, OffsetDateTime)>, StoreError> {
    let row: Option<(String, i64)> = sqlx::query_as("SELECT hash, set_at FROM passwords WHERE user_id = $1")
        .bind(user.to_string())
        .fetch_optional(connection)
        .await?;
    row.map(|(hash, set_at)| Ok((PasswordHash::from_row(hash), time(set_at)?))).transpose()
}

pub(in crate::store) async fn put_password(
    connection: &mut Connection,
    user: UserId,
    hash: &PasswordHash,
    now: OffsetDateTime,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO passwords (user_id, hash, set_at) VALUES ($1, $2, $3) \
         ON CONFLICT (user_id) DO UPDATE SET hash = excluded.hash, set_at = excluded.set_at",
    )
    .bind(user.to_string())
    .bind(hash.as_str())
    .bind(now.unix_timestamp())
    .execute(connection)
    .await?;
    Ok(())
}

pub(in crate::store) async fn drop_password(connection: &mut Connection, user: UserId) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM passwords WHERE user_id = $1").bind(user.to_string()).execute(connection).await?;
    Ok(())
}
