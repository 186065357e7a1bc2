//! How many ways a user has to sign in.

use crate::accounts::UserId;
use crate::store::engine::connection::Connection;
use crate::store::error::StoreError;
use crate::store::users::identities::identities_of;
use crate::store::users::passkeys::count_passkeys;
use crate::store::users::passwords::password_of;

/// Whether removing one would leave none: identities, the password and passkeys count alike.
pub(in crate::store) async fn has_one_sign_in_method(
    connection: &mut Connection,
    user: UserId,
) -> Result<bool, StoreError> {
    let identities = identities_of(connection, user).await?.len();
    let passwords = usize::from(password_of(connection, user).await?.is_some());
    let passkeys = usize::try_from(count_passkeys(connection, user).await?).unwrap_or(usize::MAX);
    Ok(identities.saturating_add(passwords).saturating_add(passkeys) == 1)
}
