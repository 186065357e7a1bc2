//! What a user signs in with.

use std::collections::BTreeSet;

use crate::accounts::{Identity, SignInMethod, UserId};
use crate::store::engine::connection::Connection;
use crate::store::engine::database::Database;
use crate::store::engine::write::Write;
use crate::store::error::StoreError;
use crate::store::users::identities::identities_of;
use crate::store::users::passkeys::count_passkeys;
use crate::store::users::passwords::password_of;

/// What a user signs in with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MethodsOnRecord {
    /// The oldest first.
    pub identities: Vec<Identity>,
    pub has_password: bool,
    /// 0 where passkeys are off.
    pub passkeys: usize,
}

impl MethodsOnRecord {
    /// Identities, the password and, where they are on, passkeys count alike.
    pub fn count(&self) -> usize {
        self.identities.len() + usize::from(self.has_password) + self.passkeys
    }
}

impl Database {
    pub async fn methods_on_record(&self, user: UserId) -> Result<MethodsOnRecord, StoreError> {
        let mut connection = self.pool.acquire().await?;
        methods_on_record(&mut connection, user, self.has_passkeys()).await
    }
}

async fn methods_on_record(
    connection: &mut Connection,
    user: UserId,
    has_passkeys: bool,
) -> Result<MethodsOnRecord, StoreError> {
    let passkeys = if has_passkeys { count_passkeys(connection, user).await? } else { 0 };
    Ok(MethodsOnRecord {
        identities: identities_of(connection, user).await?,
        has_password: password_of(connection, user).await?.is_some(),
        passkeys: usize::try_from(passkeys).unwrap_or_default(),
    })
}

/// Whether removing one would leave none.
pub(in crate::store) async fn has_one_sign_in_method(write: &mut Write<'_>, user: UserId) -> Result<bool, StoreError> {
    let has_passkeys = write.has_passkeys();
    Ok(methods_on_record(write.connection(), user, has_passkeys).await?.count() == 1)
}

const PASSWORD: i64 = 1;
const PASSKEY: i64 = 2;

/// The names of the methods, each once, by one query.
pub(in crate::store) async fn sign_in_methods(
    write: &mut Write<'_>,
    user: UserId,
) -> Result<Vec<SignInMethod>, StoreError> {
    let rows: Vec<(i64, String)> = sqlx::query_as(
        "SELECT 1, '' FROM passwords WHERE user_id = $1 UNION ALL SELECT 2, '' FROM passkeys WHERE user_id = $1 \
         UNION ALL SELECT 3, provider FROM identities WHERE user_id = $1",
    )
    .bind(user.to_string())
    .fetch_all(write.connection())
    .await?;
    let has_passkeys = write.has_passkeys();
    let distinct: BTreeSet<_> = rows.into_iter().filter(|(kind, _)| has_passkeys || *kind != PASSKEY).collect();
    let method = |(kind, provider)| match kind {
        PASSWORD => SignInMethod::Password,
        PASSKEY => SignInMethod::Passkey,
        _ => SignInMethod::Provider(provider),
    };
    Ok(distinct.into_iter().map(method).collect())
}
