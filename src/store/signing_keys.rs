//! The table `signing_keys`. The room `tokens` decides the rotation.

use secrecy::{ExposeSecret, SecretSlice};
use sqlx::FromRow;

use crate::sealing::{RandomError, Sealer};
use crate::store::engine::connection::Connection;
use crate::store::engine::database::Database;
use crate::store::error::StoreError;

/// Unix seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyTimes {
    /// Published from then on.
    pub created_at: i64,
    /// Signs from then on.
    pub signs_from: i64,
    /// Signs until then.
    pub signs_until: i64,
    /// Published until then.
    pub expires_at: i64,
}

#[derive(Clone, Debug)]
pub struct StoredKey {
    /// Thumbprint of the public key.
    pub kid: String,
    /// PKCS#8. `None` when it was sealed with an unknown key.
    pub private_key: Option<SecretSlice<u8>>,
    /// Whether it is sealed with the newest key.
    pub sealed_with_newest_key: bool,
    /// The public key as a JWK.
    pub public_jwk: String,
    pub times: KeyTimes,
}

#[derive(Clone, Debug)]
pub struct NewKey {
    /// Thumbprint of the public key.
    pub kid: String,
    /// PKCS#8.
    pub private_key: SecretSlice<u8>,
    /// The public key as a JWK.
    pub public_jwk: String,
    pub times: KeyTimes,
}

#[derive(Clone, Debug, Default)]
pub struct KeyChanges {
    pub make: Vec<NewKey>,
    /// New times, by `kid`.
    pub retime: Vec<(String, KeyTimes)>,
    /// By `kid`.
    pub drop: Vec<String>,
}

impl KeyChanges {
    pub fn is_empty(&self) -> bool {
        self.make.is_empty() && self.retime.is_empty() && self.drop.is_empty()
    }
}

impl Database {
    /// In the order in which they sign.
    pub async fn signing_keys(&self) -> Result<Vec<StoredKey>, StoreError> {
        let mut connection = self.pool.acquire().await?;
        read(&mut connection, &self.sealer).await
    }

    /// Applies what `arrange` decides about the present keys, under a lock: of two machines that miss a key, the second
    /// finds the first one's. Re-seals keys that an older `SECRET_KEY` sealed. Returns the keys after the changes.
    ///
    /// # Errors
    /// [`StoreError`], and what `arrange` fails with.
    pub async fn arrange_signing_keys<E: From<StoreError>>(
        &self,
        arrange: impl FnOnce(&[StoredKey]) -> Result<KeyChanges, E>,
    ) -> Result<Vec<StoredKey>, E> {
        let mut write = self.write().await?;
        write.lock(&["signing keys".to_owned()]).await?;
        let connection = write.connection();
        let keys = read(connection, &self.sealer).await?;
        let changes = arrange(&keys)?;
        for key in &keys {
            if let (Some(private_key), false) = (&key.private_key, key.sealed_with_newest_key) {
                reseal(connection, &self.sealer, &key.kid, private_key).await?;
            }
        }
        for kid in &changes.drop {
            drop_key(connection, kid).await?;
        }
        for (kid, times) in &changes.retime {
            retime(connection, kid, times).await?;
        }
        for key in &changes.make {
            insert(connection, &self.sealer, key).await?;
        }
        let keys = read(connection, &self.sealer).await?;
        write.commit().await?;
        Ok(keys)
    }
}

#[derive(FromRow)]
struct KeyRow {
    kid: String,
    private_key: String,
    public_jwk: String,
    created_at: i64,
    signs_from: i64,
    signs_until: i64,
    expires_at: i64,
}

async fn read(connection: &mut Connection, sealer: &Sealer) -> Result<Vec<StoredKey>, StoreError> {
    let rows: Vec<KeyRow> = sqlx::query_as(
        "SELECT kid, private_key, public_jwk, created_at, signs_from, signs_until, expires_at FROM signing_keys \
         ORDER BY signs_from, created_at, kid",
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|row| open(sealer, row)).collect())
}

fn open(sealer: &Sealer, row: KeyRow) -> StoredKey {
    let place = place(&row.kid);
    StoredKey {
        private_key: sealer.open(&place, &row.private_key).ok().map(SecretSlice::from),
        sealed_with_newest_key: sealer.uses_newest_key(&row.private_key),
        kid: row.kid,
        public_jwk: row.public_jwk,
        times: KeyTimes {
            created_at: row.created_at,
            signs_from: row.signs_from,
            signs_until: row.signs_until,
            expires_at: row.expires_at,
        },
    }
}

async fn insert(connection: &mut Connection, sealer: &Sealer, key: &NewKey) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO signing_keys (kid, private_key, public_jwk, created_at, signs_from, signs_until, expires_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(&key.kid)
    .bind(seal(sealer, &key.kid, &key.private_key)?)
    .bind(&key.public_jwk)
    .bind(key.times.created_at)
    .bind(key.times.signs_from)
    .bind(key.times.signs_until)
    .bind(key.times.expires_at)
    .execute(connection)
    .await?;
    Ok(())
}

async fn reseal(
    connection: &mut Connection,
    sealer: &Sealer,
    kid: &str,
    private_key: &SecretSlice<u8>,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE signing_keys SET private_key = $2 WHERE kid = $1")
        .bind(kid)
        .bind(seal(sealer, kid, private_key)?)
        .execute(connection)
        .await?;
    Ok(())
}

async fn retime(connection: &mut Connection, kid: &str, times: &KeyTimes) -> Result<(), StoreError> {
    sqlx::query("UPDATE signing_keys SET signs_from = $2, signs_until = $3, expires_at = $4 WHERE kid = $1")
        .bind(kid)
        .bind(times.signs_from)
        .bind(times.signs_until)
        .bind(times.expires_at)
        .execute(connection)
        .await?;
    Ok(())
}

async fn drop_key(connection: &mut Connection, kid: &str) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM signing_keys WHERE kid = $1").bind(kid).execute(connection).await?;
    Ok(())
}

fn seal(sealer: &Sealer, kid: &str, private_key: &SecretSlice<u8>) -> Result<String, StoreError> {
    Ok(sealer.seal(&place(kid), private_key.expose_secret()).map_err(|_| RandomError)?)
}

/// The sealing context: a key opens only in its own row.
fn place(kid: &str) -> String {
    format!("signing_key {kid}")
}
