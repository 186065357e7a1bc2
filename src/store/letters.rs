//! Letters are queued where what they announce is written: in the same transaction.

use sqlx::AnyConnection;

use super::error::StoreError;
use super::occasion::Occasion;
use super::queued_letters::queue;
use crate::accounts::{EmailAddress, Letter, Matter, User};
use crate::sealing::Sealer;

/// Queues a letter to the proven address of a user; who has none gets none.
pub(super) async fn queue_to_user(
    connection: &mut AnyConnection,
    sealer: &Sealer,
    user: &User,
    matter: Matter,
    occasion: &Occasion,
) -> Result<(), StoreError> {
    let Some(email) = &user.verified_email else { return Ok(()) };
    let letter = Letter { to: email.address().clone(), name: user.name.clone(), matter, cause: occasion.cause() };
    queue(connection, sealer, Some(user.id), &letter, occasion.now).await
}

/// A letter to an address of which we do not know whose it is: nothing of the sender's own words is in it.
pub(super) fn to_address(to: &EmailAddress, matter: Matter, occasion: &Occasion) -> Letter {
    Letter { to: to.clone(), name: None, matter, cause: occasion.cause() }
}
