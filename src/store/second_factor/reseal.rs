//! Re-seals the secrets of authenticator apps with the newest key, so that an old key can be retired.

use crate::accounts::UserId;
use crate::sealing::RandomError;
use crate::store::engine::database::Database;
use crate::store::error::StoreError;
use crate::store::second_factor::app::place;

impl Database {
    /// Re-seals at most `limit` secrets. Returns how many were re-sealed, and how many no key opens.
    ///
    /// # Errors
    /// [`StoreError`]: what was re-sealed stays so.
    pub async fn reseal_apps(&self, limit: u32) -> Result<(u32, u32), StoreError> {
        let (mut done, mut unreadable) = (0, 0);
        // Two ranges of the index: with `<>`, the whole table would be read.
        for statement in [
            "SELECT user_id, secret FROM totp WHERE substr(secret, 1, 8) < $1 ORDER BY substr(secret, 1, 8) LIMIT $2",
            "SELECT user_id, secret FROM totp WHERE substr(secret, 1, 8) > $1 ORDER BY substr(secret, 1, 8) LIMIT $2",
        ] {
            let rows: Vec<(String, String)> = sqlx::query_as(statement)
                .bind(self.sealer.newest_key_id())
                .bind(i64::from(limit))
                .fetch_all(&self.bulk)
                .await?;
            for (user, sealed) in rows {
                match self.reseal_app(&user, &sealed).await? {
                    true => done += 1,
                    false => unreadable += 1,
                }
            }
        }
        Ok((done, unreadable))
    }

    async fn reseal_app(&self, user: &str, sealed: &str) -> Result<bool, StoreError> {
        let place = place(UserId::parse(user)?);
        let Ok(secret) = self.sealer.open(&place, sealed) else { return Ok(false) };
        let resealed = self.sealer.seal(&place, &secret).map_err(|_| RandomError)?;
        let _turn = self.turn().await?;
        // Unless another app took its place meanwhile.
        sqlx::query("UPDATE totp SET secret = $3 WHERE user_id = $1 AND secret = $2")
            .bind(user)
            .bind(sealed)
            .bind(resealed)
            .execute(&self.pool)
            .await?;
        Ok(true)
    }
}
