//! Queries on `users`.

use sqlx::AnyConnection;
use time::OffsetDateTime;

use super::database::Database;
use super::error::StoreError;
use super::user_rows::{UserRow, user_columns};
use crate::accounts::{EmailAddress, Facts, NewEmail, User, UserId, VerifiedEmail};

impl Database {
    /// The user of an id.
    ///
    /// # Errors
    /// As every query: [`StoreError`].
    pub async fn user(&self, id: UserId) -> Result<Option<User>, StoreError> {
        let mut connection = self.pool.acquire().await?;
        user(&mut connection, id).await
    }
}

/// The user of an id.
pub(super) async fn user(connection: &mut AnyConnection, id: UserId) -> Result<Option<User>, StoreError> {
    let row: Option<UserRow> = sqlx::query_as(concat!("SELECT ", user_columns!(), " FROM users WHERE id = $1"))
        .bind(id.to_string())
        .fetch_optional(connection)
        .await?;
    row.map(User::try_from).transpose()
}

/// The user who owns an address, proven.
pub(super) async fn email_owner(
    connection: &mut AnyConnection,
    address: &EmailAddress,
) -> Result<Option<User>, StoreError> {
    let row: Option<UserRow> =
        sqlx::query_as(concat!("SELECT ", user_columns!(), " FROM users WHERE verified_email = $1"))
            .bind(address.as_str())
            .fetch_optional(connection)
            .await?;
    row.map(User::try_from).transpose()
}

/// The users who hold an address unproven.
pub(super) async fn email_holders(
    connection: &mut AnyConnection,
    address: &EmailAddress,
) -> Result<Vec<UserId>, StoreError> {
    let rows: Vec<(String,)> = sqlx::query_as("SELECT id FROM users WHERE claimed_email = $1 ORDER BY id")
        .bind(address.as_str())
        .fetch_all(connection)
        .await?;
    rows.iter().map(|(id,)| Ok(UserId::parse(id)?)).collect()
}

/// Writes down a new user.
pub(super) async fn create_user(
    connection: &mut AnyConnection,
    id: UserId,
    facts: &Facts,
    email: &NewEmail,
    now: OffsetDateTime,
) -> Result<(), StoreError> {
    let (verified, claimed) = match email {
        NewEmail::None => (None, None),
        NewEmail::Claimed(email) => (None, Some(email.address())),
        NewEmail::Verified(email) => (Some(email), None),
    };
    sqlx::query(
        "INSERT INTO users (id, name, picture, verified_email, verified_email_method, claimed_email, created_at, \
         name_from, picture_from) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(id.to_string())
    .bind(facts.name.as_deref())
    .bind(facts.picture.as_deref())
    .bind(verified.map(|email| email.address().as_str()))
    .bind(verified.map(|email| email.method().code()))
    .bind(claimed.map(EmailAddress::as_str))
    .bind(now.unix_timestamp())
    .bind(facts.name.as_ref().map(|_| &facts.provider))
    .bind(facts.picture.as_ref().map(|_| &facts.provider))
    .execute(connection)
    .await?;
    Ok(())
}

/// Writes down a new user who proved an address by our letter.
pub(super) async fn create_user_by_email(
    connection: &mut AnyConnection,
    id: UserId,
    email: &VerifiedEmail,
    now: OffsetDateTime,
) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO users (id, verified_email, verified_email_method, created_at) VALUES ($1, $2, $3, $4)")
        .bind(id.to_string())
        .bind(email.address().as_str())
        .bind(email.method().code())
        .bind(now.unix_timestamp())
        .execute(connection)
        .await?;
    Ok(())
}

/// Takes over name and picture, where the provider told them: Apple tells the name once only. What the person chose
/// themself stays.
pub(super) async fn refresh_user(connection: &mut AnyConnection, id: UserId, facts: &Facts) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE users SET \
         name = CASE WHEN name_from = 'own' THEN name ELSE COALESCE($2, name) END, \
         name_from = CASE WHEN name_from = 'own' OR $2 IS NULL THEN name_from ELSE $4 END, \
         picture = CASE WHEN picture_from = 'own' THEN picture ELSE COALESCE($3, picture) END, \
         picture_from = CASE WHEN picture_from = 'own' OR $3 IS NULL THEN picture_from ELSE $4 END \
         WHERE id = $1",
    )
    .bind(id.to_string())
    .bind(facts.name.as_deref())
    .bind(facts.picture.as_deref())
    .bind(&facts.provider)
    .execute(connection)
    .await?;
    Ok(())
}

/// Fills in name and picture where the user has none: a linked account does not rename anybody.
pub(super) async fn complete_user(connection: &mut AnyConnection, id: UserId, facts: &Facts) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE users SET \
         name_from = CASE WHEN name IS NULL AND $2 IS NOT NULL THEN $4 ELSE name_from END, \
         picture_from = CASE WHEN picture IS NULL AND $3 IS NOT NULL THEN $4 ELSE picture_from END, \
         name = COALESCE(name, $2), picture = COALESCE(picture, $3) WHERE id = $1",
    )
    .bind(id.to_string())
    .bind(facts.name.as_deref())
    .bind(facts.picture.as_deref())
    .bind(&facts.provider)
    .execute(connection)
    .await?;
    Ok(())
}

/// Gives a user a proven address; a claim is no longer needed. Fails by its constraint when it is another's.
pub(super) async fn adopt_email(
    connection: &mut AnyConnection,
    id: UserId,
    email: &VerifiedEmail,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE users SET verified_email = $2, verified_email_method = $3, claimed_email = NULL WHERE id = $1")
        .bind(id.to_string())
        .bind(email.address().as_str())
        .bind(email.method().code())
        .execute(connection)
        .await?;
    Ok(())
}

/// Drops a user's unproven address.
pub(super) async fn drop_claim(connection: &mut AnyConnection, id: UserId) -> Result<(), StoreError> {
    sqlx::query("UPDATE users SET claimed_email = NULL WHERE id = $1").bind(id.to_string()).execute(connection).await?;
    Ok(())
}
