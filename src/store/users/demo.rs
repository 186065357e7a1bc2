//! Accounts for a demo.

use time::OffsetDateTime;

use crate::accounts::{EmailAddress, PasswordHash, UserId, VerificationMethod, VerifiedEmail};
use crate::sealing::random_bytes;
use crate::store::engine::database::Database;
use crate::store::error::StoreError;
use crate::store::linking::gather::linking_context_of_email;
use crate::store::users::passwords::put_password;
use crate::store::users::queries::create_user_by_email;

impl Database {
    /// Creates an account with a password, as if its user had signed up and opened the link; keeps an existing one. For
    /// demos only: the email address is not verified.
    pub async fn create_demo_account(
        &self,
        email: &EmailAddress,
        password: &PasswordHash,
        now: OffsetDateTime,
    ) -> Result<(), StoreError> {
        let mut write = self.write().await?;
        if linking_context_of_email(&mut write, email).await?.email_owner.is_some() {
            return Ok(());
        }
        let id = UserId::new(now, random_bytes()?);
        let email = VerifiedEmail::on_record(email.clone(), VerificationMethod::EmailLink);
        create_user_by_email(write.connection(), id, &email, now).await?;
        put_password(write.connection(), id, password, now).await?;
        write.commit().await
    }
}
