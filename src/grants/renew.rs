//! Refreshes tokens, once for all concurrent callers, in this process and across processes.

use std::time::{Duration, Instant};

use time::OffsetDateTime;

use super::{Grants, single_flight::RefreshOutcome};
use crate::{
    accounts::Identity,
    inspect::{self, Change, FlowKind, Step, Value},
    relying_party::{RefreshError, Refreshed},
    store::{FoundGrant, GrantEndReason, NewGrant, OpenGrant, StoreError},
};

/// Lease of a refresh: longer than the refresh and its database writes can take.
const LEASE: Duration = Duration::from_secs(20);
/// How long to wait for a refresh by another process.
const WAIT: Duration = Duration::from_secs(12);
const POLL_INTERVAL: Duration = Duration::from_millis(150);

impl Grants {
    /// Refreshes the tokens of `generation`, unless that has happened meanwhile. Without a refresh token the grant ends for the
    /// reason `otherwise`.
    pub(super) async fn renew(
        &self,
        identity: &Identity,
        generation: i64,
        otherwise: GrantEndReason,
    ) -> RefreshOutcome {
        if self.shared.outages.left(&identity.id, self.clock.now()).is_some() {
            return RefreshOutcome::Failed;
        }
        inspect::record(|_| Step::Began {
            kind: FlowKind::GrantRefresh,
            provider: Value::configured(
                self.relying_party.provider(&identity.provider).map_or(&*identity.provider, |known| &known.label),
            ),
        });
        let (grants, id, identity) = (self.clone(), identity.id, identity.clone());
        let renewal = async move {
            match grants.renew_alone(&identity, generation, otherwise).await {
                Ok(outcome) => outcome,
                Err(error) => {
                    let cause = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
                    tracing::error!(%error, cause, "could not refresh tokens");
                    RefreshOutcome::Failed
                }
            }
        };
        self.shared.single_flight.join(id, &self.tasks, renewal).await
    }

    async fn renew_alone(
        &self,
        identity: &Identity,
        generation: i64,
        otherwise: GrantEndReason,
    ) -> Result<RefreshOutcome, StoreError> {
        let now = self.clock.date();
        let Some(open) = self.unchanged(identity, generation).await? else { return Ok(RefreshOutcome::Changed) };
        let Some(refresh_token) = &open.refresh_token else {
            self.database.lose_grant(identity, generation, otherwise, false, now).await?;
            return Ok(RefreshOutcome::Changed);
        };
        if !self.database.lease_grant(identity.id, generation, LEASE, now).await? {
            return self.wait_for_another(identity, generation).await;
        }
        let answer = self.relying_party.refresh(&identity.provider, &identity.key, refresh_token, &open.scopes).await;
        match answer {
            Ok(refreshed) => {
                self.shared.outages.end(&identity.id);
                let now = self.clock.date();
                self.database.renew_grant(identity, generation, &new_grant(refreshed, now), now).await?;
                inspect::record(|_| Step::row("grants", Change::Updated));
                Ok(RefreshOutcome::Changed)
            }
            Err(error) => self.not_renewed(identity, generation, error).await,
        }
    }

    async fn not_renewed(
        &self,
        identity: &Identity,
        generation: i64,
        error: RefreshError,
    ) -> Result<RefreshOutcome, StoreError> {
        let now = self.clock.date();
        let provider = &identity.provider;
        inspect::record(|_| Step::Refused { because: Value::of_log(&error.to_string()), next_step: None });
        match &error {
            RefreshError::Revoked => {
                tracing::info!(%provider, "grant ended: {error}");
                self.database.lose_grant(identity, generation, GrantEndReason::Revoked, false, now).await?;
                Ok(RefreshOutcome::Changed)
            }
            RefreshError::IdentityMismatch => {
                tracing::warn!(%provider, "grant ended and queued for revocation: {error}");
                self.database.lose_grant(identity, generation, GrantEndReason::Revoked, true, now).await?;
                self.wake_revocation_worker();
                Ok(RefreshOutcome::Changed)
            }
            RefreshError::ProviderChanged | RefreshError::Unavailable { .. } => {
                tracing::warn!(%provider, %error, "could not refresh tokens");
                let retry_after =
                    if let RefreshError::Unavailable { retry_after, .. } = error { retry_after } else { None };
                self.shared.outages.begin(identity.id, retry_after, now.unix_timestamp());
                self.database.release_grant(identity.id, generation).await?;
                Ok(RefreshOutcome::Failed)
            }
        }
    }

    /// Another process refreshes the tokens: its outcome is ours.
    async fn wait_for_another(&self, identity: &Identity, generation: i64) -> Result<RefreshOutcome, StoreError> {
        inspect::record(|_| Step::Waited { what: "another process, which is refreshing the same tokens", by: None });
        let since = Instant::now();
        while since.elapsed() < WAIT {
            let Some(open) = self.unchanged(identity, generation).await? else { return Ok(RefreshOutcome::Changed) };
            if open.refreshing_until.is_none_or(|until| until <= self.clock.date()) {
                break;
            }
            tokio::time::sleep(POLL_INTERVAL).await;
        }
        Ok(RefreshOutcome::Failed)
    }

    /// The grant, if its tokens are still of this generation.
    async fn unchanged(&self, identity: &Identity, generation: i64) -> Result<Option<OpenGrant>, StoreError> {
        match self.database.open_grant(identity).await? {
            FoundGrant::Live(open) if open.generation == generation => Ok(Some(*open)),
            _ => Ok(None),
        }
    }
}

fn new_grant(refreshed: Refreshed, now: OffsetDateTime) -> NewGrant {
    let Refreshed { tokens, granted } = refreshed;
    NewGrant {
        scopes: granted,
        access_token: tokens.access_token().clone(),
        access_expires_at: tokens.expires_in().map(|lifetime| now + lifetime),
        refresh_token: tokens.refresh_token().cloned(),
    }
}
