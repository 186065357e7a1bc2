//! One provider as we deal with it: its facts, its documents in the cache, its breaker.

use std::sync::Arc;

use super::{
    BeginError, CompleteError, HttpError,
    breaker::Breaker,
    cached::{Cached, Lifetime, Missing},
    http::ProviderHttp,
};
use crate::{
    oauth::{HttpRequest, HttpResponse},
    oidc::{
        EndpointRules, JwkSet, JwksError, ProviderMetadata, discovery_request, jwks_request,
        process_discovery_response, process_jwks_response,
    },
    providers::{Metadata, Provider},
};

const METADATA_LIFETIME: Lifetime = Lifetime { fresh: 3600, hard: 24 * 3600, cool_down: 10 };
/// Ten minutes: a key that the provider withdrew is not trusted for longer, unless the provider is away, and then for
/// an hour.
const KEYS_LIFETIME: Lifetime = Lifetime { fresh: 600, hard: 3600, cool_down: 30 };

/// A provider, its documents and its breaker.
#[derive(Debug)]
pub(super) struct ProviderClient {
    pub(super) provider: Provider,
    /// One for each part: an endpoint that answers does not excuse another that hangs.
    breakers: Breakers,
    metadata: Cached<ProviderMetadata>,
    keys: Cached<JwkSet>,
}

/// What of a provider a request is for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Part {
    /// Metadata and keys.
    Documents,
    /// The token endpoint.
    Tokens,
    /// Userinfo. Signing in goes on without it.
    Userinfo,
    /// The API that says who somebody is, where there is no id_token.
    Api,
    /// What people let us see. Signing in goes on without it.
    Resources,
    /// The token endpoint, when it is to renew what people let us see. Apart from [`Part::Tokens`]: what is wrong with
    /// refresh tokens is no reason to turn away who wants to sign in.
    Renewals,
    /// Where tokens are taken back. Nobody waits for it.
    Revocation,
    /// Its word about an access token that a front end brought.
    Check,
}

#[derive(Debug, Default)]
struct Breakers {
    documents: Breaker,
    tokens: Breaker,
    userinfo: Breaker,
    api: Breaker,
    resources: Breaker,
    renewals: Breaker,
    revocation: Breaker,
    check: Breaker,
}

/// Nobody can sign in while one of these is away. A part that a provider does not have is never asked, and never away.
const NEEDED: [Part; 3] = [Part::Documents, Part::Tokens, Part::Api];

/// Why the keys cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// The provider has not answered lately, or did not answer somebody who asked just before.
    #[error("the provider has not answered lately")]
    BreakerOpen,
    /// No answer.
    #[error(transparent)]
    Http(#[from] HttpError),
    /// Its metadata names no key set, and an id_token came all the same.
    #[error("the provider has no keys")]
    NoKeys,
    /// The answer is no key set.
    #[error(transparent)]
    Jwks(#[from] JwksError),
}

impl ProviderClient {
    pub(super) fn new(provider: Provider) -> Self {
        Self {
            provider,
            breakers: Breakers::default(),
            metadata: Cached::new(METADATA_LIFETIME),
            keys: Cached::new(KEYS_LIFETIME),
        }
    }

    /// The provider's endpoints: constants, or its discovery document. Nobody is sent to a provider whose breaker is
    /// open, cached documents or not: they could not come back signed in.
    pub(super) async fn metadata(&self, http: &ProviderHttp, now: i64) -> Result<Arc<ProviderMetadata>, BeginError> {
        if !NEEDED.into_iter().all(|part| self.breaker(part).may_try(now)) {
            return Err(BeginError::BreakerOpen);
        }
        match &self.provider.metadata {
            Metadata::Constant(metadata) => Ok(Arc::clone(metadata)),
            Metadata::Discovered { issuer } => {
                self.metadata.get(now, self.discover(http, issuer, now)).await.map_err(|missing| match missing {
                    Missing::Failed(error) => error,
                    Missing::FailedForAnother => BeginError::BreakerOpen,
                })
            }
        }
    }

    /// The provider's keys.
    pub(super) async fn keys(
        &self,
        http: &ProviderHttp,
        metadata: &ProviderMetadata,
        now: i64,
    ) -> Result<Arc<JwkSet>, KeysError> {
        self.keys.get(now, self.fetch_keys(http, metadata, now)).await.map_err(|missing| match missing {
            Missing::Failed(error) => error,
            Missing::FailedForAnother => KeysError::BreakerOpen,
        })
    }

    /// Newer keys than these, if any are to be had.
    pub(super) async fn newer_keys(
        &self,
        http: &ProviderHttp,
        metadata: &ProviderMetadata,
        seen: &Arc<JwkSet>,
        now: i64,
    ) -> Option<Arc<JwkSet>> {
        self.keys.newer_than(seen, now, self.fetch_keys(http, metadata, now)).await
    }

    /// Whether a request to this part may go out now; while its breaker is open, one may try now and then.
    pub(super) fn may_ask(&self, part: Part, now: i64) -> bool {
        self.breaker(part).take_turn(now)
    }

    /// Whether people should be told that the provider does not answer.
    pub(super) fn is_away(&self) -> bool {
        NEEDED.into_iter().any(|part| self.breaker(part).is_open())
    }

    /// Sends one request and tells the part's breaker how it went.
    pub(super) async fn send(
        &self,
        http: &ProviderHttp,
        part: Part,
        request: HttpRequest,
        now: i64,
    ) -> Result<HttpResponse, HttpError> {
        let outcome = http.send(request).await;
        match &outcome {
            Ok(response) if response.status >= 500 => self.breaker(part).failed(now),
            Ok(_) => self.breaker(part).succeeded(),
            Err(error) if error.counts_as_failure() => self.breaker(part).failed(now),
            Err(_) => {}
        }
        outcome
    }

    /// Tells the part's breaker of an answer that was not waited for.
    pub(super) fn gave_up(&self, part: Part, now: i64) {
        self.breaker(part).failed(now);
    }

    fn breaker(&self, part: Part) -> &Breaker {
        let Breakers { documents, tokens, userinfo, api, resources, renewals, revocation, check } = &self.breakers;
        match part {
            Part::Documents => documents,
            Part::Tokens => tokens,
            Part::Userinfo => userinfo,
            Part::Api => api,
            Part::Resources => resources,
            Part::Renewals => renewals,
            Part::Revocation => revocation,
            Part::Check => check,
        }
    }

    async fn discover(&self, http: &ProviderHttp, issuer: &str, now: i64) -> Result<ProviderMetadata, BeginError> {
        if !self.may_ask(Part::Documents, now) {
            return Err(BeginError::BreakerOpen);
        }
        let rules = EndpointRules { allow_loopback_http: http.on_loopback() };
        let request = discovery_request(issuer, rules)?;
        let response = self.send(http, Part::Documents, request, now).await?;
        Ok(process_discovery_response(&response, issuer, rules)?)
    }

    async fn fetch_keys(
        &self,
        http: &ProviderHttp,
        metadata: &ProviderMetadata,
        now: i64,
    ) -> Result<JwkSet, KeysError> {
        let jwks_uri = metadata.jwks_uri.as_ref().ok_or(KeysError::NoKeys)?;
        if !self.may_ask(Part::Documents, now) {
            return Err(KeysError::BreakerOpen);
        }
        let response = self.send(http, Part::Documents, jwks_request(jwks_uri), now).await?;
        Ok(process_jwks_response(&response)?)
    }
}

impl From<BeginError> for CompleteError {
    fn from(error: BeginError) -> Self {
        Self::Metadata(Box::new(error))
    }
}
