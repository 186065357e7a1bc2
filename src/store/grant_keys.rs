//! Grants are sealed anew when the key changes, so that the old one can go.

use sqlx::FromRow;

use super::database::Database;
use super::error::StoreError;
use super::grants::{GrantPlace, SealedTokens};
use crate::accounts::{IdentityId, UserId};

#[derive(FromRow)]
struct SealedRow {
    identity_id: String,
    user_id: String,
    provider: String,
    access_token: String,
    refresh_token: Option<String>,
    generation: i64,
}

/// How far sealing anew has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resealed {
    /// Where to go on: after this one.
    pub last: IdentityId,
    /// How many grants have the newest key now.
    pub done: u32,
    /// How many no key of ours opens.
    pub unreadable: u32,
}

impl Database {
    /// Seals at most `limit` grants anew that hang on an older key, in the order of their identities, beginning `after` one
    /// of them. `None` when there are no more. Small batches keep other writers from waiting.
    ///
    /// # Errors
    /// As every query: [`StoreError`]. What was sealed anew stays so.
    pub async fn reseal_grants(&self, after: Option<IdentityId>, limit: u32) -> Result<Option<Resealed>, StoreError> {
        let rows: Vec<SealedRow> = sqlx::query_as(
            "SELECT identity_id, user_id, provider, access_token, refresh_token, generation FROM grants \
             WHERE access_token IS NOT NULL AND identity_id > $1 \
             AND (access_token NOT LIKE $2 OR refresh_token NOT LIKE $2) ORDER BY identity_id LIMIT $3",
        )
        .bind(after.map(|after| after.to_string()).unwrap_or_default())
        .bind(format!("{}.%", self.sealer.newest_key_id()))
        .bind(i64::from(limit))
        .fetch_all(&self.pool)
        .await?;
        let Some(last) = rows.last() else { return Ok(None) };
        let mut resealed = Resealed { last: IdentityId::parse(&last.identity_id)?, done: 0, unreadable: 0 };
        for row in rows {
            match self.reseal(row).await? {
                true => resealed.done += 1,
                false => resealed.unreadable += 1,
            }
        }
        Ok(Some(resealed))
    }

    /// The tokens stay what they are, and so does their generation. Who renews them meanwhile seals them anew as well.
    async fn reseal(&self, row: SealedRow) -> Result<bool, StoreError> {
        let place = GrantPlace {
            user: UserId::parse(&row.user_id)?,
            provider: &row.provider,
            identity: IdentityId::parse(&row.identity_id)?,
        };
        let sealed = SealedTokens { access_token: row.access_token, refresh_token: row.refresh_token };
        let Some((access, refresh)) = sealed.open(&self.sealer, place) else { return Ok(false) };
        let sealed = SealedTokens::of(&self.sealer, place, &access, refresh.as_ref())?;
        let _turn = self.turn().await?;
        sqlx::query(
            "UPDATE grants SET access_token = $3, refresh_token = $4 \
             WHERE identity_id = $1 AND generation = $2 AND ended_at IS NULL",
        )
        .bind(&row.identity_id)
        .bind(row.generation)
        .bind(sealed.access_token)
        .bind(sealed.refresh_token)
        .execute(&self.pool)
        .await?;
        Ok(true)
    }
}
