//! An API is asked, and what its answer means for the grant is done.

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
    /// GET of `path_and_query` (it begins with `/`) at the API of the grant's provider. What comes back is the API's answer
    /// to the question, 200, 400 or 404; its body is a stranger's.
    ///
    /// A token that is not taken is renewed once; when the new one is not taken either, the grant ends and is given back. A
    /// scope that is not there any more is taken out of the grant. An API that asks us to wait is left alone meanwhile.
    ///
    /// # Errors
    /// [`GrantError`].
    pub async fn ask<S: ApiScope>(
        &self,
        granted: &mut Granted<S>,
        path_and_query: &str,
    ) -> Result<HttpResponse, GrantError> {
        let limit = (granted.identity.id, S::ACCESS);
        if let Some(seconds) = self.shared.limits.left(&limit, self.clock.now()) {
            return Err(GrantError::Busy { seconds });
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
            Verdict::Limited { retry_after } => {
                let seconds = self.shared.limits.begin(limit, retry_after, self.clock.now());
                tracing::warn!(access = S::ACCESS.code(), seconds, "an API asked us to wait");
                Err(GrantError::Busy { seconds })
            }
            Verdict::Unauthorized => {
                let Granted { identity, generation, .. } = &*granted;
                let now = self.clock.date();
                tracing::info!(access = S::ACCESS.code(), "a grant has ended: a new token is not taken either");
                // Their provider has just renewed them: there they live, and are given back.
                self.database.lose_grant(identity, *generation, GrantEndReason::Revoked, true, now).await?;
                self.wake_mail();
                Err(GrantError::Lost(GrantEndReason::Revoked))
            }
            Verdict::ScopeMissing => {
                let left: Scopes = granted.scopes.iter().filter(|scope| *scope != S::SCOPE).collect();
                self.database.narrow_grant(granted.identity.id, granted.generation, &left).await?;
                Err(GrantError::Withdrawn)
            }
            Verdict::Refused(reason) => {
                tracing::warn!(access = S::ACCESS.code(), reason, "an API refuses");
                Err(GrantError::Refused)
            }
            Verdict::Away => {
                tracing::warn!(access = S::ACCESS.code(), status = response.status, "an API does not work");
                Err(GrantError::Away)
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
                tracing::error!(%error, "a request of ours is malformed");
                GrantError::Refused
            }
            ResourceRequestError::BreakerOpen | ResourceRequestError::Http(_) => {
                tracing::warn!(provider = %slug, %error, "an API does not answer");
                GrantError::Away
            }
        })
    }

    /// Puts another token in place of one that was refused: what somebody has renewed meanwhile, or else a new one.
    async fn replace<S: ApiScope>(&self, granted: &mut Granted<S>) -> Result<(), GrantError> {
        let refused = granted.generation;
        // Twice: who asked with an older token may be renewing that, and find that nothing is to be done.
        for _ in 0..2 {
            let refresh_outcome = self.renew(&granted.identity, refused, GrantEndReason::Revoked).await;
            let open = self.open::<S>(&granted.identity).await?;
            if open.generation != refused {
                *granted = Granted::new(granted.identity.clone(), open);
                return Ok(());
            }
            if refresh_outcome == RefreshOutcome::Away {
                break;
            }
        }
        Err(GrantError::Away)
    }
}
