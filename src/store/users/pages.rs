//! Lists of users, the newest first, by keyset: a page costs the same at any depth.

use std::collections::BTreeSet;

use crate::accounts::{EmailAddress, User, UserId};
use crate::store::engine::database::Database;
use crate::store::error::StoreError;
use crate::store::users::rows::{UserRow, user_columns};

/// Users that one search finds in each of three places at most: anybody can claim any unverified email address.
const FOUND: i64 = 50;

/// Sorts after every id.
const NEWEST: &str = "ffffffff-ffff-ffff-ffff-ffffffffffff";

impl Database {
    /// At most `limit` users, those after `after` in the list; without it, the newest. `disabled`: only those who are.
    pub async fn users_page(&self, after: Option<UserId>, disabled: bool, limit: u32) -> Result<Vec<User>, StoreError> {
        let statement = match disabled {
            false => concat!("SELECT ", user_columns!(), " FROM users WHERE id < $1 ORDER BY id DESC LIMIT $2"),
            true => concat!(
                "SELECT ",
                user_columns!(),
                " FROM users WHERE id < $1 AND disabled_at IS NOT NULL ORDER BY id DESC LIMIT $2"
            ),
        };
        let rows: Vec<UserRow> = sqlx::query_as(statement)
            .bind(after.map_or_else(|| NEWEST.to_owned(), |after| after.to_string()))
            .bind(i64::from(limit))
            .fetch_all(&self.pool)
            .await?;
        rows.into_iter().map(User::try_from).collect()
    }

    /// The users who have an email address, verified or not, here or at a provider; the newest first. Ids first, and each user by
    /// its id: PostgreSQL without statistics would read the whole table for a join.
    pub async fn users_with_email(&self, email: &EmailAddress) -> Result<Vec<User>, StoreError> {
        let mut ids = BTreeSet::new();
        for statement in [
            "SELECT id FROM users WHERE verified_email = $1 LIMIT $2",
            "SELECT id FROM users WHERE claimed_email = $1 LIMIT $2",
            "SELECT user_id FROM identities WHERE email = $1 LIMIT $2",
        ] {
            let found: Vec<(String,)> =
                sqlx::query_as(statement).bind(email.as_str()).bind(FOUND).fetch_all(&self.pool).await?;
            ids.extend(found.into_iter().map(|(id,)| id));
        }
        let mut users = Vec::new();
        for id in ids.iter().rev() {
            users.extend(self.user(UserId::parse(id)?).await?);
        }
        Ok(users)
    }
}
