//! Queries on `passwords`.

use sqlx::AnyConnection;
use time::OffsetDateTime;

use super::audit_context::AuditContext;
use super::database::Database;
use super::error::StoreError;
use super::events::note;
use super::sign_up::PASSWORD;
use super::user_rows::time;
use super::users::user;
use crate::accounts::{EmailAddress, PasswordHash, User, UserId};

/// What a password for an address is compared with.
#[derive(Clone, Debug)]
pub enum PasswordLookup {
    /// A user owns the address and has a password.
    Of {
        /// Who.
        user: UserId,
        /// An operator shut them out.
        disabled: bool,
        /// What it is compared with.
        hash: PasswordHash,
        /// When it was set.
        set_at: OffsetDateTime,
    },
    /// A user owns the address and has none.
    NoneOf(UserId),
    /// Nobody has the address.
    Nobody,
}

/// User, disabled at, hash, set at.
type StandingRow = (String, Option<i64>, Option<String>, Option<i64>);

impl Database {
    /// How things stand with a password for an address.
    ///
    /// # Errors
    /// As every query: [`StoreError`].
    pub async fn password_lookup(&self, address: &EmailAddress) -> Result<PasswordLookup, StoreError> {
        // One query for everybody: who has an account costs no more than who has none.
        let row: Option<StandingRow> = sqlx::query_as(
            "SELECT users.id, users.disabled_at, passwords.hash, passwords.set_at FROM users \
             LEFT JOIN passwords ON passwords.user_id = users.id WHERE users.verified_email = $1",
        )
        .bind(address.as_str())
        .fetch_optional(&self.pool)
        .await?;
        Ok(match row {
            Some((user, disabled, Some(hash), Some(set_at))) => PasswordLookup::Of {
                user: UserId::parse(&user)?,
                disabled: disabled.is_some(),
                hash: PasswordHash::from_row(hash),
                set_at: time(set_at)?,
            },
            Some((user, ..)) => PasswordLookup::NoneOf(UserId::parse(&user)?),
            None => PasswordLookup::Nobody,
        })
    }

    /// A user's password, and when it was set.
    ///
    /// # Errors
    /// As every query: [`StoreError`].
    pub async fn password_of(&self, user: UserId) -> Result<Option<(PasswordHash, OffsetDateTime)>, StoreError> {
        let mut connection = self.pool.acquire().await?;
        password_of(&mut connection, user).await
    }

    /// Writes down that a user signed in with the password that was set then, and gives the user as they are; `None` when
    /// they are gone or disabled, or have another password by now: comparing takes long enough for the owner to choose one,
    /// and to believe that whoever has the old one is out.
    ///
    /// # Errors
    /// As every query: [`StoreError`].
    pub async fn sign_in_with_password(
        &self,
        id: UserId,
        set_at: OffsetDateTime,
        audit: &AuditContext,
    ) -> Result<Option<User>, StoreError> {
        let mut write = self.write_as(id).await?;
        let now_set_at = password_of(write.connection(), id).await?.map(|(_, set_at)| set_at);
        let user = user(write.connection(), id).await?;
        let user = user.filter(|user| user.disabled_at.is_none() && now_set_at == Some(set_at));
        if user.is_some() {
            note(write.connection(), audit, "sign_in", Some(id), Some(PASSWORD), "sign_in", &[]).await?;
        }
        write.commit().await?;
        Ok(user)
    }

    /// Writes down that somebody gave a wrong password for a user's account.
    ///
    /// # Errors
    /// As every query: [`StoreError`].
    pub async fn password_refused(&self, user: UserId, audit: &AuditContext) -> Result<(), StoreError> {
        let _turn = self.turn().await?;
        let mut connection = self.pool.acquire().await?;
        note(&mut connection, audit, "sign_in", Some(user), Some(PASSWORD), "refused", &["wrong_password"]).await
    }

    /// Keeps the same password under a new hash, if it was not changed meanwhile.
    ///
    /// # Errors
    /// As every query: [`StoreError`].
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

pub(super) async fn password_of(
    connection: &mut AnyConnection,
    user: UserId,
) -> Result<Option<(PasswordHash, OffsetDateTime)>, StoreError> {
    let row: Option<(String, i64)> = sqlx::query_as("SELECT hash, set_at FROM passwords WHERE user_id = $1")
        .bind(user.to_string())
        .fetch_optional(connection)
        .await?;
    row.map(|(hash, set_at)| Ok((PasswordHash::from_row(hash), time(set_at)?))).transpose()
}

/// Sets or changes a password.
pub(super) async fn put_password(
    connection: &mut AnyConnection,
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

/// Takes a password away.
pub(super) async fn drop_password(connection: &mut AnyConnection, user: UserId) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM passwords WHERE user_id = $1").bind(user.to_string()).execute(connection).await?;
    Ok(())
}
