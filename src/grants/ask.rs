//! Calls an API, and updates the grant by the response.

use super::{
    ApiScope, GrantError, Granted, Grants,
    answer::{Verdict, judge},
    single_flight::RefreshOutcome,
};
use crate::{
    oauth::{HttpResponse, Scopes},
    relying_party::ResourceRequestError,
    store::GrantEndReason,
};

impl Grants {
    /// GET of `path_and_query` (beginning with `/`) at the API of the grant's provider. The response has the status 200, 400
    /// or 404, and an untrusted body.
    ///
    /// A token that is not accepted is refreshed once; if the new one is not accepted either, the grant ends and is revoked. A
    /// missing scope is removed from the grant. While a rate limit lasts, the API is not called.
    pub async fn ask<S: ApiScope>(
        &self,
        granted: &mut Granted<S>,
        path_and_query: &str,
    ) -> Result<HttpResponse, GrantError> {
        let limit = (granted.identity.id, S::ACCESS);
        if let Some(seconds) = self.shared.limits.left(&limit, self.clock.now()) {
            return Err(GrantError::RateLimited { seconds });
        }
        let mut response = self.send(granted, path_and_query).await?;
        if judge(&response) == Verdict::Unauthorized {
            self.replace(granted).await?;
            response = self.send(granted, path_and_query).await?;
        }
        match judge(&response) {
            Verdict::Usable => {
                self.shared.limits.end(&limit);
                Ok(response)
            }
            Verdict::RateLimited { retry_after } => {
                let seconds = self.shared.limits.begin(limit, retry_after, self.clock.now());
                tracing::warn!(access = S::ACCESS.code(), seconds, "rate limited by the provider's API");
                Err(GrantError::RateLimited { seconds })
            }
            Verdict::Unauthorized => {
                let Granted { identity, generation, .. } = &*granted;
                let now = self.clock.date();
                tracing::info!(
                    access = S::ACCESS.code(),
                    "grant ended: the API does not accept a refreshed token either"
                );
                // The provider has just refreshed the tokens, so they are valid there and have to be revoked.
                self.database.lose_grant(identity, *generation, GrantEndReason::Revoked, true, now).await?;
                self.wake_revocation_worker();
                Err(GrantError::Lost(GrantEndReason::Revoked))
            }
            Verdict::ScopeMissing => {
                let left: Scopes = granted.scopes.iter().filter(|scope| *scope != S::SCOPE).collect();
                self.database.narrow_grant(granted.identity.id, granted.generation, &left).await?;
                Err(GrantError::Withdrawn)
            }
            Verdict::Refused(reason) => {
                tracing::warn!(access = S::ACCESS.code(), reason, "the provider's API refused the request");
                Err(GrantError::Refused)
            }
            Verdict::Unavailable => {
                tracing::warn!(
                    access = S::ACCESS.code(),
                    status = response.status,
                    "the provider's API returned an unexpected status"
                );
                Err(GrantError::Unavailable)
            }
        }
    }

    async fn send<S: ApiScope>(&self, granted: &Granted<S>, path_and_query: &str) -> Result<HttpResponse, GrantError> {
        let Granted { identity, access_token, .. } = granted;
        let (slug, issuer) = (&identity.provider, identity.key.issuer());
        let answer = self.relying_party.fetch_resource(slug, issuer, access_token, path_and_query).await;
        answer.map_err(|error| match error {
            ResourceRequestError::ProviderChanged => GrantError::NotGranted,
            ResourceRequestError::OutsideApi => {
                tracing::error!(%error, "malformed API request");
                GrantError::Refused
            }
            ResourceRequestError::BreakerOpen | ResourceRequestError::Http(_) => {
                tracing::warn!(provider = %slug, %error, "the provider's API is unavailable");
                GrantError::Unavailable
            }
        })
    }

    /// Replaces a rejected token by one that was refreshed meanwhile, or else refreshes it.
    async fn replace<S: ApiScope>(&self, granted: &mut Granted<S>) -> Result<(), GrantError> {
        let rejected = granted.generation;
        // Twice: a refresh under way may be of an older token, and change nothing.
        for _ in 0..2 {
            let outcome = self.renew(&granted.identity, rejected, GrantEndReason::Revoked).await;
            let open = self.open::<S>(&granted.identity).await?;
            if open.generation != rejected {
                *granted = Granted::new(granted.identity.clone(), open);
                return Ok(());
            }
            if outcome == RefreshOutcome::Failed {
                break;
            }
        }
        Err(GrantError::Unavailable)
    }
}
