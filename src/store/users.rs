//! Queries on `users`.

use sqlx::AnyConnection;
use sqlx::FromRow;
use time::OffsetDateTime;

use super::error::StoreError;
use crate::accounts::{ClaimedEmail, EmailAddress, Facts, NewEmail, Proof, User, UserId, UserStanding, VerifiedEmail};

/// The columns of [`UserRow`], for queries that begin `SELECT`. `users` must be in the `FROM`.
macro_rules! user_columns {
    () => {
        "users.id AS user_id, users.name AS user_name, users.picture AS user_picture, users.verified_email, \
         users.verified_email_proof, users.claimed_email, users.created_at AS user_created_at, users.disabled_at"
    };
}
pub(super) use user_columns;

/// A row of `users`, as [`user_columns`] names it.
#[derive(FromRow)]
pub(super) struct UserRow {
    user_id: String,
    user_name: Option<String>,
    user_picture: Option<String>,
    verified_email: Option<String>,
    verified_email_proof: Option<String>,
    claimed_email: Option<String>,
    user_created_at: i64,
    disabled_at: Option<i64>,
}

impl TryFrom<UserRow> for User {
    type Error = StoreError;

    fn try_from(row: UserRow) -> Result<Self, StoreError> {
        let claimed = row.claimed_email.as_deref().map(EmailAddress::parse).transpose()?;
        Ok(Self {
            id: UserId::parse(&row.user_id)?,
            name: row.user_name,
            picture: row.user_picture,
            verified_email: verified(row.verified_email.as_deref(), row.verified_email_proof.as_deref())?,
            claimed_email: claimed.map(ClaimedEmail::new),
            created_at: time(row.user_created_at)?,
            disabled_at: row.disabled_at.map(time).transpose()?,
        })
    }
}

impl From<User> for UserStanding {
    fn from(user: User) -> Self {
        Self { id: user.id, disabled: user.disabled_at.is_some(), verified_email: user.verified_email }
    }
}

/// A time from its seconds since 1970.
pub(super) fn time(seconds: i64) -> Result<OffsetDateTime, StoreError> {
    OffsetDateTime::from_unix_timestamp(seconds).map_err(|error| StoreError::Corrupt(error.to_string()))
}

fn verified(address: Option<&str>, proof: Option<&str>) -> Result<Option<VerifiedEmail>, StoreError> {
    let (Some(address), Some(proof)) = (address, proof) else {
        return Ok(None);
    };
    let proof = Proof::from_code(proof).ok_or_else(|| StoreError::Corrupt("users.verified_email_proof".into()))?;
    Ok(Some(VerifiedEmail::on_record(EmailAddress::parse(address)?, proof)))
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
pub(super) async fn address_owner(
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
pub(super) async fn address_holders(
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
        "INSERT INTO users (id, name, picture, verified_email, verified_email_proof, claimed_email, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(id.to_string())
    .bind(facts.name.as_deref())
    .bind(facts.picture.as_deref())
    .bind(verified.map(|email| email.address().as_str()))
    .bind(verified.map(|email| email.proof().code()))
    .bind(claimed.map(EmailAddress::as_str))
    .bind(now.unix_timestamp())
    .execute(connection)
    .await?;
    Ok(())
}

/// Takes over name and picture, where the provider told them: Apple tells the name once only.
pub(super) async fn refresh_user(connection: &mut AnyConnection, id: UserId, facts: &Facts) -> Result<(), StoreError> {
    sqlx::query("UPDATE users SET name = COALESCE($2, name), picture = COALESCE($3, picture) WHERE id = $1")
        .bind(id.to_string())
        .bind(facts.name.as_deref())
        .bind(facts.picture.as_deref())
        .execute(connection)
        .await?;
    Ok(())
}

/// Fills in name and picture where the user has none: a linked account does not rename anybody.
pub(super) async fn complete_user(connection: &mut AnyConnection, id: UserId, facts: &Facts) -> Result<(), StoreError> {
    sqlx::query("UPDATE users SET name = COALESCE(name, $2), picture = COALESCE(picture, $3) WHERE id = $1")
        .bind(id.to_string())
        .bind(facts.name.as_deref())
        .bind(facts.picture.as_deref())
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
    sqlx::query("UPDATE users SET verified_email = $2, verified_email_proof = $3, claimed_email = NULL WHERE id = $1")
        .bind(id.to_string())
        .bind(email.address().as_str())
        .bind(email.proof().code())
        .execute(connection)
        .await?;
    Ok(())
}

/// Drops a user's unproven address.
pub(super) async fn drop_claim(connection: &mut AnyConnection, id: UserId) -> Result<(), StoreError> {
    sqlx::query("UPDATE users SET claimed_email = NULL WHERE id = $1").bind(id.to_string()).execute(connection).await?;
    Ok(())
}
