//! One provider as we deal with it: its facts, its documents in the cache, its breaker.

use std::sync::Arc;

use super::{
    BeginError, CompleteError, HttpError,
    breaker::Breaker,
    cached::{Cached, Lifetime},
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
    pub(super) breaker: Breaker,
    metadata: Cached<ProviderMetadata>,
    keys: Cached<JwkSet>,
}

/// Why the keys cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
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
            breaker: Breaker::default(),
            metadata: Cached::new(METADATA_LIFETIME),
            keys: Cached::new(KEYS_LIFETIME),
        }
    }

    /// The provider's endpoints: constants, or its discovery document. Nobody is sent to a provider whose breaker is
    /// open, cached documents or not: they could not come back signed in.
    pub(super) async fn metadata(&self, http: &ProviderHttp, now: i64) -> Result<Arc<ProviderMetadata>, BeginError> {
        if !self.breaker.lets_pass(now) {
            return Err(BeginError::BreakerOpen);
        }
        match &self.provider.metadata {
            Metadata::Known(metadata) => Ok(Arc::clone(metadata)),
            Metadata::Discovered { issuer } => self.metadata.get(now, self.discover(http, issuer, now)).await,
        }
    }

    /// The provider's keys.
    pub(super) async fn keys(
        &self,
        http: &ProviderHttp,
        metadata: &ProviderMetadata,
        now: i64,
    ) -> Result<Arc<JwkSet>, KeysError> {
        self.keys.get(now, self.fetch_keys(http, metadata, now)).await
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

    /// Sends one request and tells the breaker how it went.
    pub(super) async fn send(
        &self,
        http: &ProviderHttp,
        request: HttpRequest,
        now: i64,
    ) -> Result<HttpResponse, HttpError> {
        let outcome = http.send(request).await;
        match &outcome {
            Ok(response) if response.status >= 500 => self.breaker.failed(now),
            Err(error) if error.counts_as_failure() => self.breaker.failed(now),
            _ => self.breaker.succeeded(),
        }
        outcome
    }

    async fn discover(&self, http: &ProviderHttp, issuer: &str, now: i64) -> Result<ProviderMetadata, BeginError> {
        if !self.breaker.lets_through(now) {
            return Err(BeginError::BreakerOpen);
        }
        let rules = EndpointRules { allow_loopback_http: http.on_loopback() };
        let request = discovery_request(issuer, rules)?;
        let response = self.send(http, request, now).await?;
        Ok(process_discovery_response(&response, issuer, rules)?)
    }

    async fn fetch_keys(
        &self,
        http: &ProviderHttp,
        metadata: &ProviderMetadata,
        now: i64,
    ) -> Result<JwkSet, KeysError> {
        let jwks_uri = metadata.jwks_uri.as_ref().ok_or(KeysError::NoKeys)?;
        let response = self.send(http, jwks_request(jwks_uri), now).await?;
        Ok(process_jwks_response(&response)?)
    }
}

impl From<BeginError> for CompleteError {
    fn from(error: BeginError) -> Self {
        Self::Metadata(Box::new(error))
    }
}
