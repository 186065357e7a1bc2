//! Queries on `passkeys`.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sqlx::FromRow;
use time::OffsetDateTime;

use crate::accounts::{Passkey, PasskeyId, User, UserId};
use crate::store::engine::connection::Connection;
use crate::store::engine::database::Database;
use crate::store::error::StoreError;
use crate::store::users::queries::user;
use crate::store::users::rows::time;
use crate::webauthn::{
    Aaguid, CredentialId, NewCredential, PublicKey, StoredCredential, TransportSet, UsedCredential, WebAuthnError,
};

/// The columns of [`PasskeyRow`].
macro_rules! select_passkeys {
    ($rest:literal) => {
        concat!(
            "SELECT id, user_id, credential_id, public_key, sign_count, aaguid, name, transports, backup_eligible, \
             backed_up, created_at, last_used_at FROM passkeys WHERE ",
            $rest
        )
    };
}

#[derive(FromRow)]
struct PasskeyRow {
    id: String,
    user_id: String,
    credential_id: String,
    public_key: String,
    sign_count: i64,
    aaguid: String,
    name: String,
    transports: String,
    backup_eligible: i64,
    backed_up: i64,
    created_at: i64,
    last_used_at: Option<i64>,
}

impl TryFrom<PasskeyRow> for Passkey {
    type Error = StoreError;

    fn try_from(row: PasskeyRow) -> Result<Self, StoreError> {
        let user = UserId::parse(&row.user_id)?;
        let unreadable = |column: &'static str| move |_: WebAuthnError| StoreError::Corrupt(column.to_owned());
        let cose = URL_SAFE_NO_PAD.decode(&row.public_key).unwrap_or_default();
        Ok(Self {
            id: PasskeyId::parse(&row.id)?,
            user,
            credential: StoredCredential {
                id: CredentialId::parse(&row.credential_id).map_err(unreadable("passkeys.credential_id"))?,
                user_handle: user.handle().to_vec(),
                public_key: PublicKey::from_cose(&cose).map_err(unreadable("passkeys.public_key"))?,
                sign_count: u32::try_from(row.sign_count)
                    .map_err(|_| StoreError::Corrupt("passkeys.sign_count".into()))?,
                backup_eligible: row.backup_eligible != 0,
            },
            aaguid: Aaguid::parse(&row.aaguid).ok_or_else(|| StoreError::Corrupt("passkeys.aaguid".into()))?,
            name: row.name,
            transports: TransportSet::parse(&row.transports),
            backed_up: row.backed_up != 0,
            created_at: time(row.created_at)?,
            last_used_at: row.last_used_at.map(time).transpose()?,
        })
    }
}

impl Database {
    /// The oldest first; at most [`Passkey::MAX_PER_USER`].
    pub async fn passkeys(&self, user: UserId) -> Result<Vec<Passkey>, StoreError> {
        let mut connection = self.pool.acquire().await?;
        passkeys_of(&mut connection, user).await
    }

    /// By the id that an authenticator gave it, whichever user has it.
    pub async fn passkey(&self, id: &CredentialId) -> Result<Option<Passkey>, StoreError> {
        let row: Option<PasskeyRow> = sqlx::query_as(select_passkeys!("credential_id = $1"))
            .bind(id.to_text())
            .fetch_optional(&self.pool)
            .await?;
        row.map(Passkey::try_from).transpose()
    }
}

/// The oldest first.
pub(in crate::store) async fn passkeys_of(
    connection: &mut Connection,
    user: UserId,
) -> Result<Vec<Passkey>, StoreError> {
    let rows: Vec<PasskeyRow> = sqlx::query_as(select_passkeys!("user_id = $1 ORDER BY id LIMIT $2"))
        .bind(user.to_string())
        .bind(Passkey::MAX_PER_USER)
        .fetch_all(connection)
        .await?;
    rows.into_iter().map(Passkey::try_from).collect()
}

pub(in crate::store) async fn count_passkeys(connection: &mut Connection, user: UserId) -> Result<i64, StoreError> {
    let (count,): (i64,) = sqlx::query_as("SELECT count(*) FROM passkeys WHERE user_id = $1")
        .bind(user.to_string())
        .fetch_one(connection)
        .await?;
    Ok(count)
}

/// False if some user has a credential with this id.
pub(in crate::store) async fn insert_passkey(
    connection: &mut Connection,
    id: PasskeyId,
    user: UserId,
    credential: &NewCredential,
    name: &str,
    now: OffsetDateTime,
) -> Result<bool, StoreError> {
    let inserted = sqlx::query(
        "INSERT INTO passkeys (id, user_id, credential_id, public_key, sign_count, aaguid, name, transports, \
         backup_eligible, backed_up, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) \
         ON CONFLICT (credential_id) DO NOTHING",
    )
    .bind(id.to_string())
    .bind(user.to_string())
    .bind(credential.id.to_text())
    .bind(URL_SAFE_NO_PAD.encode(credential.public_key.as_cose()))
    .bind(i64::from(credential.sign_count))
    .bind(credential.aaguid.to_string())
    .bind(name)
    .bind(credential.transports.to_text())
    .bind(i64::from(credential.backup_eligible))
    .bind(i64::from(credential.backed_up))
    .bind(now.unix_timestamp())
    .execute(connection)
    .await?;
    Ok(inserted.rows_affected() == 1)
}

/// Stores a verified signature, and returns the passkey's user. `None` when the passkey was removed meanwhile, its user is
/// disabled, or another signature with as high a counter was faster.
pub(in crate::store) async fn use_passkey(
    connection: &mut Connection,
    passkey: &Passkey,
    used: &UsedCredential,
    now: OffsetDateTime,
) -> Result<Option<User>, StoreError> {
    let updated = sqlx::query(
        "UPDATE passkeys SET sign_count = $3, backed_up = $4, last_used_at = $5 \
         WHERE id = $1 AND user_id = $2 AND (sign_count < $3 OR (sign_count = 0 AND $3 = 0))",
    )
    .bind(passkey.id.to_string())
    .bind(passkey.user.to_string())
    .bind(i64::from(used.sign_count))
    .bind(i64::from(used.backed_up))
    .bind(now.unix_timestamp())
    .execute(&mut *connection)
    .await?;
    if updated.rows_affected() == 0 {
        return Ok(None);
    }
    Ok(user(connection, passkey.user).await?.filter(|user| user.disabled_at.is_none()))
}

/// False when the user has no such passkey.
pub(in crate::store) async fn delete_passkey(
    connection: &mut Connection,
    user: UserId,
    id: PasskeyId,
) -> Result<bool, StoreError> {
    let deleted = sqlx::query("DELETE FROM passkeys WHERE id = $1 AND user_id = $2")
        .bind(id.to_string())
        .bind(user.to_string())
        .execute(connection)
        .await?;
    Ok(deleted.rows_affected() == 1)
}

/// Deletes the passkeys that were added at `since` or later.
pub(in crate::store) async fn delete_passkeys_since(
    connection: &mut Connection,
    user: UserId,
    since: OffsetDateTime,
) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM passkeys WHERE user_id = $1 AND created_at >= $2")
        .bind(user.to_string())
        .bind(since.unix_timestamp())
        .execute(connection)
        .await?;
    Ok(())
}
