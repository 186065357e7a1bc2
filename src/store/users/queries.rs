//! Queries on `users`.

use time::OffsetDateTime;

use crate::accounts::{EmailAddress, EmailHolder, Facts, NewEmail, User, UserId, VerifiedEmail};
use crate::inspect::{self, Change, Step};
use crate::store::engine::connection::Connection;
use crate::store::engine::database::Database;
use crate::store::error::StoreError;
use crate::store::users::rows::{UserRow, user_columns};

impl Database {
    pub async fn user(&self, id: UserId) -> Result<Option<User>, StoreError> {
        let mut connection = self.pool.acquire().await?;
        user(&mut connection, id).await
    }
}

pub(in crate::store) async fn user(connection: &mut Connection, id: UserId) -> Result<Option<User>, StoreError> {
    let row: Option<UserRow> = sqlx::query_as(concat!("SELECT ", user_columns!(), " FROM users WHERE id = $1"))
        .bind(id.to_string())
        .fetch_optional(connection)
        .await?;
    row.map(User::try_from).transpose()
}

/// The user with this verified email address.
pub(in crate::store) async fn email_owner(
    connection: &mut Connection,
    email: &EmailAddress,
) -> Result<Option<User>, StoreError> {
    let row: Option<UserRow> =
        sqlx::query_as(concat!("SELECT ", user_columns!(), " FROM users WHERE verified_email = $1"))
            .bind(email.as_str())
            .fetch_optional(connection)
            .await?;
    row.map(User::try_from).transpose()
}

/// The users who claim this email address without having verified it.
pub(in crate::store) async fn email_holders(
    connection: &mut Connection,
    email: &EmailAddress,
) -> Result<Vec<EmailHolder>, StoreError> {
    let rows: Vec<(String, i64)> = sqlx::query_as(
        "SELECT users.id, CASE WHEN passwords.user_id IS NULL THEN 0 ELSE 1 END FROM users \
         LEFT JOIN passwords ON passwords.user_id = users.id WHERE users.claimed_email = $1 ORDER BY users.id",
    )
    .bind(email.as_str())
    .fetch_all(connection)
    .await?;
    rows.iter()
        .map(|(id, has_password)| Ok(EmailHolder { id: UserId::parse(id)?, has_password: *has_password == 1 }))
        .collect()
}

pub(in crate::store) async fn create_user(
    connection: &mut Connection,
    id: UserId,
    facts: &Facts,
    email: &NewEmail,
    now: OffsetDateTime,
) -> Result<(), StoreError> {
    let (verified, claimed) = match email {
        NewEmail::None => (None, None),
        NewEmail::Claimed(email) => (None, Some(email.email())),
        NewEmail::Verified(email) => (Some(email), None),
    };
    inspect::record(|_| Step::row("users", Change::Inserted));
    sqlx::query(
        "INSERT INTO users (id, name, picture, verified_email, verified_email_method, claimed_email, created_at, \
         name_from, picture_from) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(id.to_string())
    .bind(facts.name.as_deref())
    .bind(facts.picture.as_deref())
    .bind(verified.map(|email| email.email().as_str()))
    .bind(verified.map(|email| email.method().code()))
    .bind(claimed.map(EmailAddress::as_str))
    .bind(now.unix_timestamp())
    .bind(facts.name.as_ref().map(|_| &facts.provider))
    .bind(facts.picture.as_ref().map(|_| &facts.provider))
    .execute(connection)
    .await?;
    Ok(())
}

/// Inserts a user who verified their email address by a link.
pub(in crate::store) async fn create_user_by_email(
    connection: &mut Connection,
    id: UserId,
    email: &VerifiedEmail,
    now: OffsetDateTime,
) -> Result<(), StoreError> {
    inspect::record(|_| Step::row("users", Change::Inserted));
    sqlx::query("INSERT INTO users (id, verified_email, verified_email_method, created_at) VALUES ($1, $2, $3, $4)")
        .bind(id.to_string())
        .bind(email.email().as_str())
        .bind(email.method().code())
        .bind(now.unix_timestamp())
        .execute(connection)
        .await?;
    Ok(())
}

/// Updates name and picture where the provider sent them (Apple sends the name only once). What the user chose stays.
pub(in crate::store) async fn refresh_user(
    connection: &mut Connection,
    id: UserId,
    facts: &Facts,
) -> Result<(), StoreError> {
    inspect::record(|_| Step::row("users", Change::Updated));
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

/// Fills in a missing name and picture: linking an account does not rename the user.
pub(in crate::store) async fn complete_user(
    connection: &mut Connection,
    id: UserId,
    facts: &Facts,
) -> Result<(), StoreError> {
    inspect::record(|_| Step::row("users", Change::Updated));
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

/// Sets the verified email address and drops the claim. [`StoreError::Conflict`] when another user has the address.
pub(in crate::store) async fn adopt_email(
    connection: &mut Connection,
    id: UserId,
    email: &VerifiedEmail,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE users SET verified_email = $2, verified_email_method = $3, claimed_email = NULL WHERE id = $1")
        .bind(id.to_string())
        .bind(email.email().as_str())
        .bind(email.method().code())
        .execute(connection)
        .await?;
    Ok(())
}

/// The same, if the user's verified email address is still `before`, which the decision was based on: one that its owner has
/// proven a moment ago is not overwritten. [`StoreError::Contended`] otherwise: decide again.
pub(in crate::store) async fn replace_email(
    connection: &mut Connection,
    id: UserId,
    before: Option<&VerifiedEmail>,
    email: &VerifiedEmail,
) -> Result<(), StoreError> {
    inspect::record(|_| Step::row("users", Change::Updated));
    let replaced = sqlx::query(
        "UPDATE users SET verified_email = $2, verified_email_method = $3, claimed_email = NULL \
         WHERE id = $1 AND COALESCE(verified_email, '') = $4 AND COALESCE(verified_email_method, '') = $5",
    )
    .bind(id.to_string())
    .bind(email.email().as_str())
    .bind(email.method().code())
    .bind(before.map_or("", |before| before.email().as_str()))
    .bind(before.map_or("", |before| before.method().code()))
    .execute(connection)
    .await?;
    match replaced.rows_affected() {
        0 => Err(StoreError::Contended(sqlx::Error::RowNotFound)),
        _ => Ok(()),
    }
}

pub(in crate::store) async fn drop_claim(connection: &mut Connection, id: UserId) -> Result<(), StoreError> {
    sqlx::query("UPDATE users SET claimed_email = NULL WHERE id = $1").bind(id.to_string()).execute(connection).await?;
    Ok(())
}
