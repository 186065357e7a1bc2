//! Users with all that `latchkey export` writes.

use std::collections::BTreeMap;

use crate::accounts::{Identity, PasswordHash, User, UserId};
use crate::store::engine::database::Database;
use crate::store::error::StoreError;
use crate::store::users::identities::IdentityRow;

/// A user with their sign-in methods.
#[derive(Clone, Debug)]
pub struct ExportedUser {
    pub user: User,
    /// The oldest first.
    pub identities: Vec<Identity>,
    /// Only if it was asked for.
    pub password: Option<PasswordHash>,
}

impl Database {
    /// A page of users, the newest first: those after `after`, in three queries.
    pub async fn export_page(
        &self,
        after: Option<UserId>,
        with_passwords: bool,
        limit: u32,
    ) -> Result<Vec<ExportedUser>, StoreError> {
        let users = self.users_page(after, false, limit).await?;
        let (Some(newest), Some(oldest)) = (users.first(), users.last()) else { return Ok(Vec::new()) };
        let range = (oldest.id.to_string(), newest.id.to_string());
        let mut identities = self.identities_between(&range).await?;
        let mut passwords = match with_passwords {
            true => self.passwords_between(&range).await?,
            false => BTreeMap::new(),
        };
        let exported = users.into_iter().map(|user| {
            let (identities, password) = (identities.remove(&user.id), passwords.remove(&user.id));
            ExportedUser { user, identities: identities.unwrap_or_default(), password }
        });
        Ok(exported.collect())
    }

    async fn identities_between(
        &self,
        (first, last): &(String, String),
    ) -> Result<BTreeMap<UserId, Vec<Identity>>, StoreError> {
        let rows: Vec<IdentityRow> = sqlx::query_as(
            "SELECT id, user_id, issuer, subject, provider AS identity_provider, email, email_verified, name, linked_at, \
             last_used_at FROM identities WHERE user_id >= $1 AND user_id <= $2 ORDER BY user_id, id",
        )
        .bind(first)
        .bind(last)
        .fetch_all(&self.bulk)
        .await?;
        let mut of_users: BTreeMap<UserId, Vec<Identity>> = BTreeMap::new();
        for row in rows {
            let identity = Identity::try_from(row)?;
            of_users.entry(identity.user).or_default().push(identity);
        }
        Ok(of_users)
    }

    async fn passwords_between(
        &self,
        (first, last): &(String, String),
    ) -> Result<BTreeMap<UserId, PasswordHash>, StoreError> {
        let rows: Vec<(String, String)> =
            sqlx::query_as("SELECT user_id, hash FROM passwords WHERE user_id >= $1 AND user_id <= $2")
                .bind(first)
                .bind(last)
                .fetch_all(&self.bulk)
                .await?;
        rows.into_iter().map(|(user, hash)| Ok((UserId::parse(&user)?, PasswordHash::from_row(hash)))).collect()
    }
}
