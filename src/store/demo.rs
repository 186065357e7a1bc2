//! Accounts for a demo.

use time::OffsetDateTime;

use super::database::Database;
use super::error::StoreError;
use super::ids;
use super::linking_context::standing_of_address;
use super::passwords::put_password;
use super::users::create_user_by_email;
use crate::accounts::{EmailAddress, PasswordHash, UserId, VerificationMethod, VerifiedEmail};

impl Database {
    /// Makes an account with a password, as if its owner had signed up and followed the letter; leaves one alone that is
    /// there. For a demo on one machine only: nobody has proven the address.
    ///
    /// # Errors
    /// As every query: [`StoreError`].
    pub async fn create_demo_account(
        &self,
        address: &EmailAddress,
        password: &PasswordHash,
        now: OffsetDateTime,
    ) -> Result<(), StoreError> {
        let mut write = self.write().await?;
        if standing_of_address(&mut write, address).await?.email_owner.is_some() {
            return Ok(());
        }
        let id = UserId::new(now, ids::random()?);
        let email = VerifiedEmail::on_record(address.clone(), VerificationMethod::EmailLink);
        create_user_by_email(write.connection(), id, &email, now).await?;
        put_password(write.connection(), id, password, now).await?;
        write.commit().await
    }
}
