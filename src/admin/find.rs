//! Which user is meant.

use super::error::AdminError;
use crate::{
    accounts::{EmailAddress, User, UserId},
    store::Database,
};

/// The user with this id or verified email address. An unverified one names nobody: anybody can claim it.
///
/// # Errors
/// [`AdminError::NoUser`] if there is none, or the database fails.
pub async fn find(database: &Database, text: &str) -> Result<User, AdminError> {
    let id = match UserId::parse(text) {
        Ok(id) => Some(id),
        Err(_) => match EmailAddress::parse(text) {
            Ok(email) => database.owner_of(&email).await?,
            Err(_) => None,
        },
    };
    let user = match id {
        Some(id) => database.user(id).await?,
        None => None,
    };
    user.ok_or(AdminError::NoUser)
}
