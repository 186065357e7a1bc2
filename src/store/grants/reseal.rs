//! Re-seals grants with the newest key, so that an old key can be retired.

use sqlx::FromRow;

use crate::accounts::{IdentityId, UserId};
use crate::store::engine::database::Database;
use crate::store::error::StoreError;
use crate::store::grants::sealed::{GrantPlace, SealedTokens};

#[derive(FromRow)]
struct SealedRow {
    identity_id: String,
    user_id: String,
    provider: String,
    access_token: String,
    refresh_token: Option<String>,
    generation: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resealed {
    /// The next batch starts after this one.
    pub last: IdentityId,
    pub done: u32,
    /// Sealed with an unknown key.
    pub unreadable: u32,
}

impl Database {
    /// Whether a grant is sealed with another key than the newest. Costs four look-ups in an index: the
    /// order keeps PostgreSQL from reading the table for the first match.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn has_grants_of_other_keys(&self) -> Result<bool, StoreError> {
        for statement in [
            "SELECT 1 FROM grants WHERE access_token IS NOT NULL AND substr(access_token, 1, 8) < $1 \
             ORDER BY substr(access_token, 1, 8) LIMIT 1",
            "SELECT 1 FROM grants WHERE access_token IS NOT NULL AND substr(access_token, 1, 8) > $1 \
             ORDER BY substr(access_token, 1, 8) LIMIT 1",
            "SELECT 1 FROM grants WHERE refresh_token IS NOT NULL AND substr(refresh_token, 1, 8) < $1 \
             ORDER BY substr(refresh_token, 1, 8) LIMIT 1",
            "SELECT 1 FROM grants WHERE refresh_token IS NOT NULL AND substr(refresh_token, 1, 8) > $1 \
             ORDER BY substr(refresh_token, 1, 8) LIMIT 1",
        ] {
            let found = sqlx::query(statement).bind(self.sealer.newest_key_id()).fetch_optional(&self.bulk).await?;
            if found.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Re-seals at most `limit` grants, in the order of their identities, starting `after` one. `None` when none are
    /// left. Small batches keep other writers from waiting.
    ///
    /// # Errors
    /// [`StoreError`]: what was re-sealed stays so.
    pub async fn reseal_grants(&self, after: Option<IdentityId>, limit: u32) -> Result<Option<Resealed>, StoreError> {
        let rows: Vec<SealedRow> = sqlx::query_as(
            "SELECT identity_id, user_id, provider, access_token, refresh_token, generation FROM grants \
             WHERE access_token IS NOT NULL AND identity_id > $1 \
             AND (access_token NOT LIKE $2 OR refresh_token NOT LIKE $2) ORDER BY identity_id LIMIT $3",
        )
        .bind(after.map(|after| after.to_string()).unwrap_or_default())
        .bind(format!("{}.%", self.sealer.newest_key_id()))
        .bind(i64::from(limit))
        .fetch_all(&self.bulk)
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

    /// Keeps the generation: a concurrent refresh seals with the newest key, too.
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
