//! A grant's tokens are renewed, or turn out to be worth nothing.
//!
//! Every write here names the generation that it goes by: of what was disconnected, connected anew or renewed meanwhile
//! nothing is written over.

use std::time::Duration;

use time::OffsetDateTime;

use super::audit_context::AuditContext;
use super::database::Database;
use super::error::StoreError;
use super::events::{AuditClient, note};
use super::grant_ends::{Word, end, queue_taken, take_tokens};
use super::grants::{GrantEndReason, GrantPlace, NewGrant, SealedTokens, is_granted};
use super::linking_context::name_of;
use super::revocations::queue_revocation;
use crate::accounts::{Identity, IdentityId};
use crate::oauth::Scopes;

/// How far a machine's clock may be behind another's. To it the other's lease ends later than any of its own could, and it must
/// not take that for a mistake: a refresh token that is good for once would be spent twice.
const BEHIND: Duration = Duration::from_secs(60);

impl Database {
    /// Takes it upon the caller to renew the tokens of this generation until `now + lease`. False when somebody else does,
    /// on this machine or another, or when there is nothing to renew any more.
    ///
    /// # Errors
    /// As every query: [`StoreError`].
    pub async fn lease_grant(
        &self,
        identity: IdentityId,
        generation: i64,
        lease: Duration,
        now: OffsetDateTime,
    ) -> Result<bool, StoreError> {
        let until = now + lease;
        let _turn = self.turn().await?;
        // A lease beyond any that can be given was given by a clock that has stepped back since.
        let leased = sqlx::query(
            "UPDATE grants SET refreshing_until = $3 WHERE identity_id = $1 AND generation = $2 \
             AND ended_at IS NULL AND refresh_token IS NOT NULL \
             AND (refreshing_until IS NULL OR refreshing_until <= $4 OR refreshing_until > $5)",
        )
        .bind(identity.to_string())
        .bind(generation)
        .bind(until.unix_timestamp())
        .bind(now.unix_timestamp())
        .bind((until + BEHIND).unix_timestamp())
        .execute(&self.pool)
        .await?;
        Ok(leased.rows_affected() == 1)
    }

    /// Ends a lease that came to nothing: whoever waits for it need not wait for its end.
    ///
    /// # Errors
    /// As every query: [`StoreError`].
    pub async fn release_grant(&self, identity: IdentityId, generation: i64) -> Result<(), StoreError> {
        let _turn = self.turn().await?;
        sqlx::query("UPDATE grants SET refreshing_until = NULL WHERE identity_id = $1 AND generation = $2")
            .bind(identity.to_string())
            .bind(generation)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Keeps new tokens in place of those of `generation`, and the scopes that they are good for; without a new refresh token the old one stays (RFC 6749 §6).
    /// False when the grant has changed or ended meanwhile: they are not kept then.
    ///
    /// A refresh token that comes after the end is the successor of the one that is being revoked, and may outlive it: it is
    /// given back as well. Not where the account was connected anew meanwhile, as the provider would take that back, too.
    ///
    /// # Errors
    /// As every query: [`StoreError`]; nothing has changed then.
    pub async fn renew_grant(
        &self,
        identity: &Identity,
        generation: i64,
        renewed: &NewGrant,
        now: OffsetDateTime,
    ) -> Result<bool, StoreError> {
        let refresh_token = renewed.refresh_token.as_ref();
        let place = GrantPlace::of(identity);
        let sealed = SealedTokens::of(&self.sealer, place, &renewed.access_token, refresh_token)?;
        let mut write = self.write().await?;
        // Who connects the account at this moment comes before or after, and not in between.
        write.lock(&[name_of(&identity.key)]).await?;
        let written = sqlx::query(
            "UPDATE grants SET access_token = $3, refresh_token = COALESCE($4, refresh_token), \
             access_expires_at = $5, agreed_scopes = COALESCE(agreed_scopes, scopes), scopes = $6, \
             generation = generation + 1, refreshing_until = NULL \
             WHERE identity_id = $1 AND generation = $2 AND ended_at IS NULL",
        )
        .bind(identity.id.to_string())
        .bind(generation)
        .bind(sealed.access_token)
        .bind(sealed.refresh_token)
        .bind(renewed.access_expires_at.map(OffsetDateTime::unix_timestamp))
        .bind(renewed.scopes.to_string())
        .execute(write.connection())
        .await?;
        let written = written.rows_affected() == 1;
        if let Some(token) = refresh_token
            && !written
            && !is_granted(write.connection(), &identity.key).await?
        {
            queue_revocation(&mut write, identity, token, true, now, now).await?;
        }
        write.commit().await?;
        Ok(written)
    }

    /// Ends a grant whose tokens of `generation` are worth nothing, or not to be trusted: they are deleted, and with
    /// `revoke` the provider is to forget them. False when it has changed or ended meanwhile.
    ///
    /// # Errors
    /// As every query: [`StoreError`]; nothing has changed then.
    pub async fn lose_grant(
        &self,
        identity: &Identity,
        generation: i64,
        because: GrantEndReason,
        revoke: bool,
        now: OffsetDateTime,
    ) -> Result<bool, StoreError> {
        let mut write = self.write().await?;
        let Some(taken) = take_tokens(&mut write, identity, Some(generation)).await? else { return Ok(false) };
        if revoke {
            queue_taken(&mut write, identity, &taken, now, now).await?;
        }
        let word = if because == GrantEndReason::Revoked && !revoke { Word::Given } else { Word::Missing };
        end(&mut write, identity.id, because.code(), word, now).await?;
        // It was noticed in somebody's request, or in none of the person's: no browser to name.
        let audit = AuditContext { client: AuditClient::default(), now };
        let (user, provider) = (Some(identity.user), Some(identity.provider.as_str()));
        note(write.connection(), &audit, "grant", user, provider, because.code(), &[]).await?;
        write.commit().await?;
        Ok(true)
    }

    /// Takes out of a grant what the provider says is not in it. That the person agreed to it stays. Nothing happens when it has changed meanwhile.
    ///
    /// # Errors
    /// As every query: [`StoreError`].
    pub async fn narrow_grant(&self, identity: IdentityId, generation: i64, left: &Scopes) -> Result<(), StoreError> {
        let _turn = self.turn().await?;
        sqlx::query(
            "UPDATE grants SET agreed_scopes = COALESCE(agreed_scopes, scopes), scopes = $3 \
             WHERE identity_id = $1 AND generation = $2",
        )
        .bind(identity.to_string())
        .bind(generation)
        .bind(left.to_string())
        .execute(&self.pool)
        .await?;
        Ok(())
    }
}
