//! Refreshes a grant's tokens, or ends it when they are invalid.
//!
//! Every write names the generation that it is based on, and does not overwrite a later one.

use std::time::Duration;

use time::OffsetDateTime;

use crate::accounts::{AuditEvent, ClientInfo, GrantEnd, Identity, IdentityId};
use crate::oauth::Scopes;
use crate::store::audit::context::AuditContext;
use crate::store::audit::events::note;
use crate::store::engine::database::Database;
use crate::store::error::StoreError;
use crate::store::grants::end::{Confirmation, end, queue_taken, take_tokens};
use crate::store::grants::revocations::queue_revocation;
use crate::store::grants::rows::is_granted;
use crate::store::grants::sealed::{GrantPlace, SealedTokens};
use crate::store::grants::types::{GrantEndReason, NewGrant};
use crate::store::linking::gather::lock_name;

/// How far a machine's clock may be behind another's. A lease that ends later than its own could is still valid within
/// this time: otherwise a single-use refresh token would be used twice.
const CLOCK_SKEW: Duration = Duration::from_secs(60);

impl Database {
    /// Leases the refresh of this generation until `now + lease`. False when another process holds the lease, or there
    /// is nothing to refresh.
    pub async fn lease_grant(
        &self,
        identity: IdentityId,
        generation: i64,
        lease: Duration,
        now: OffsetDateTime,
    ) -> Result<bool, StoreError> {
        let until = now + lease;
        let _turn = self.turn().await?;
        // A lease in the far future was set before the clock stepped back.
        let leased = sqlx::query(
            "UPDATE grants SET refreshing_until = $3 WHERE identity_id = $1 AND generation = $2 \
             AND ended_at IS NULL AND refresh_token IS NOT NULL \
             AND (refreshing_until IS NULL OR refreshing_until <= $4 OR refreshing_until > $5)",
        )
        .bind(identity.to_string())
        .bind(generation)
        .bind(until.unix_timestamp())
        .bind(now.unix_timestamp())
        .bind((until + CLOCK_SKEW).unix_timestamp())
        .execute(&self.pool)
        .await?;
        Ok(leased.rows_affected() == 1)
    }

    /// Ends a lease early, for those who wait for it.
    pub async fn release_grant(&self, identity: IdentityId, generation: i64) -> Result<(), StoreError> {
        let _turn = self.turn().await?;
        sqlx::query("UPDATE grants SET refreshing_until = NULL WHERE identity_id = $1 AND generation = $2")
            .bind(identity.to_string())
            .bind(generation)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Replaces the tokens of `generation`; without a new refresh token the old one stays (RFC 6749 §6). False when the
    /// grant has changed or ended meanwhile.
    ///
    /// A refresh token that arrives after the end succeeds the one that is being revoked and may outlive it, so it is
    /// revoked, too; but not if the account was connected again, as the provider would revoke the new grant with it.
    ///
    /// # Errors
    /// [`StoreError`]: nothing has changed then.
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
        // Excludes a concurrent new connection of the account.
        write.lock(&[lock_name(&identity.key)]).await?;
        let written = sqlx::query(
            "UPDATE grants SET access_token = $3, refresh_token = COALESCE($4, refresh_token), \
             access_expires_at = $5, scopes = $6, \
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

    /// Ends a grant whose tokens of `generation` are invalid or not to be trusted; `revoke` queues their revocation.
    /// False when it has changed or ended meanwhile.
    ///
    /// # Errors
    /// [`StoreError`]: nothing has changed then.
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
        let confirmation =
            if because == GrantEndReason::Revoked && !revoke { Confirmation::Received } else { Confirmation::Missing };
        end(&mut write, identity.id, because.code(), confirmation, now).await?;
        // Not the user's request, or none at all.
        let audit = AuditContext { client: ClientInfo::default(), now };
        let end = match because {
            GrantEndReason::Revoked => GrantEnd::Revoked,
            GrantEndReason::Expired => GrantEnd::Expired,
        };
        let event = AuditEvent::GrantEnded { provider: identity.provider.clone(), end };
        note(write.connection(), &audit, Some(identity.user), &event).await?;
        write.commit().await?;
        Ok(true)
    }

    /// Removes scopes that the provider has withdrawn; `agreed_scopes` stay. Does nothing when the grant has changed
    /// meanwhile.
    pub async fn narrow_grant(&self, identity: IdentityId, generation: i64, left: &Scopes) -> Result<(), StoreError> {
        let _turn = self.turn().await?;
        sqlx::query("UPDATE grants SET scopes = $3 WHERE identity_id = $1 AND generation = $2")
            .bind(identity.to_string())
            .bind(generation)
            .bind(left.to_string())
            .execute(&self.pool)
            .await?;
        Ok(())
    }
}
