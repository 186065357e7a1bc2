//! Letters are queued where what they announce is written: in the same transaction.

use sqlx::AnyConnection;
use time::OffsetDateTime;

use super::error::StoreError;
use super::fresh;
use super::occasion::Occasion;
use crate::accounts::{EmailAddress, Letter, Matter, User, UserId};
use crate::sealing::Sealer;

/// Queues a letter to an address.
pub(super) async fn queue(
    connection: &mut AnyConnection,
    sealer: &Sealer,
    user: Option<UserId>,
    letter: &Letter,
    now: OffsetDateTime,
) -> Result<(), StoreError> {
    let id = fresh::id(now)?;
    let plain = serde_json::to_vec(letter).map_err(|error| StoreError::Corrupt(error.to_string()))?;
    let sealed = sealer
        .seal(&place(&id.to_string()), &plain)
        .map_err(|_| StoreError::Unavailable("a letter could not be sealed".into()))?;
    sqlx::query(
        "INSERT INTO outbox (id, kind, user_id, sealed, created_at, due_at, attempts) \
         VALUES ($1, 'letter', $2, $3, $4, $4, 0)",
    )
    .bind(id.to_string())
    .bind(user.map(|user| user.to_string()))
    .bind(sealed)
    .bind(now.unix_timestamp())
    .execute(connection)
    .await?;
    Ok(())
}

/// Queues a letter to the proven address of a user; who has none gets none.
pub(super) async fn queue_to_user(
    connection: &mut AnyConnection,
    sealer: &Sealer,
    user: &User,
    matter: Matter,
    occasion: &Occasion,
) -> Result<(), StoreError> {
    let Some(email) = &user.verified_email else { return Ok(()) };
    let letter =
        Letter { to: email.address().clone(), name: user.name.clone(), matter, cause: occasion.cause() };
    queue(connection, sealer, Some(user.id), &letter, occasion.now).await
}

/// A letter to an address of which we do not know whose it is: nothing of the sender's own words is in it.
pub(super) fn to_address(to: &EmailAddress, matter: Matter, occasion: &Occasion) -> Letter {
    Letter { to: to.clone(), name: None, matter, cause: occasion.cause() }
}

/// What a letter in the outbox is sealed for: in another row it does not open.
pub(super) fn place(id: &str) -> String {
    format!("outbox {id}")
}
