//! One provider with its cached documents and circuit breakers.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use tracing::{Instrument, field::Empty};
use url::Url;

use super::{
    BeginError, CompleteError, HttpError, ProviderFailure,
    breaker::Breaker,
    cached::{CacheError, Cached, Lifetime},
    http::{ProviderHttp, Reach},
    key_sets::{KeySet, KeySets, LastFailure},
};
use crate::{
    inspect::{self, DocumentKind, DocumentSource, Step, Value},
    metrics::{Metrics, Outcome},
    oauth::{HttpRequest, HttpResponse},
    oidc::{
        EndpointRules, JwkSet, JwksError, ProviderMetadata, discovery_request, jwks_request,
        process_discovery_response, process_jwks_response,
    },
    providers::{Metadata, Provider},
};

const METADATA_LIFETIME: Lifetime = Lifetime { fresh: 3600, max_age: 24 * 3600, cool_down: 10 };

/// A provider with its cached documents and circuit breakers.
#[derive(Debug)]
pub(super) struct ProviderClient {
    pub(super) provider: Provider,
    /// One per part, since one endpoint can hang while another responds.
    breakers: Breakers,
    metadata: Cached<ProviderMetadata>,
    metadata_failure: LastFailure,
    keys: KeySets,
    metrics: Metrics,
}

/// The part of a provider that a request is for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Part {
    /// Discovery document and JWK set.
    Documents,
    /// The token endpoint, for code exchanges.
    Tokens,
    /// The userinfo endpoint, which sign-in can do without.
    Userinfo,
    /// The profile API of a provider without id_tokens.
    Api,
    /// The APIs of granted access (Drive, Calendar).
    Resources,
    /// The token endpoint, for refresh tokens. Separate from [`Part::Tokens`]: failing refreshes must not block
    /// sign-in.
    Refresh,
    /// The revocation endpoint.
    Revocation,
    /// The check of an access token from a front end.
    TokenCheck,
}

impl Part {
    const ALL: [Self; 8] = [
        Self::Documents,
        Self::Tokens,
        Self::Userinfo,
        Self::Api,
        Self::Resources,
        Self::Refresh,
        Self::Revocation,
        Self::TokenCheck,
    ];

    /// As the metrics name it.
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::Documents => "documents",
            Self::Tokens => "tokens",
            Self::Userinfo => "userinfo",
            Self::Api => "api",
            Self::Resources => "resources",
            Self::Refresh => "refresh",
            Self::Revocation => "revocation",
            Self::TokenCheck => "token_check",
        }
    }
}

#[derive(Debug, Default)]
struct Breakers {
    documents: Breaker,
    tokens: Breaker,
    userinfo: Breaker,
    api: Breaker,
    resources: Breaker,
    refresh: Breaker,
    revocation: Breaker,
    token_check: Breaker,
}

/// The parts that sign-in requires. The breaker of a part that the provider lacks never opens.
const REQUIRED_PARTS: [Part; 3] = [Part::Documents, Part::Tokens, Part::Api];

/// Why the provider's JWK set is not available.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// The circuit breaker is open.
    #[error("circuit breaker open")]
    BreakerOpen,
    /// Another sign-in's request for the keys failed, which this one waited for.
    #[error("{0}, as another sign-in has found")]
    Shared(ProviderFailure),
    /// No response.
    #[error(transparent)]
    Http(#[from] HttpError),
    /// The provider's metadata has no `jwks_uri`.
    #[error("the provider has no JWK set")]
    NoKeys,
    /// The response was rejected.
    #[error(transparent)]
    Jwks(#[from] JwksError),
}

impl ProviderClient {
    pub(super) fn new(provider: Provider, metrics: Metrics) -> Self {
        let keys = KeySets::new(&provider);
        let (metadata, metadata_failure) = (Cached::new(METADATA_LIFETIME), LastFailure::default());
        Self { provider, breakers: Breakers::default(), metadata, metadata_failure, keys, metrics }
    }

    /// The provider's metadata: constants, or its discovery document. An error while a required breaker is open, even
    /// if the document is cached: the sign-in could not be completed.
    pub(super) async fn metadata(&self, http: &ProviderHttp, now: i64) -> Result<Arc<ProviderMetadata>, BeginError> {
        if !REQUIRED_PARTS.into_iter().all(|part| self.breaker(part).allows(now)) {
            return Err(BeginError::BreakerOpen);
        }
        match &self.provider.metadata {
            Metadata::Constant(metadata) => {
                inspect::record(|_| document(DocumentKind::Discovery, DocumentSource::Constants));
                Ok(Arc::clone(metadata))
            }
            Metadata::Discovered { issuer } => {
                inspect::record(|_| document(DocumentKind::Discovery, self.metadata.source(now)));
                let failure = &self.metadata_failure;
                let fetch =
                    async { self.discover(http, issuer, now).await.inspect_err(|error| failure.set(error.into())) };
                self.metadata.get(now, fetch).await.map_err(|error| match error {
                    CacheError::Fetch(error) => error,
                    CacheError::SharedFetch => BeginError::Shared(failure.get()),
                })
            }
        }
    }

    /// Where the keys are that sign id_tokens for this client, and their cache.
    pub(super) fn key_set(&self, metadata: &ProviderMetadata, client_id: &str) -> Result<KeySet<'_>, KeysError> {
        let jwks_uri = self.provider.jwks_uri(metadata, client_id).ok_or(KeysError::NoKeys)?;
        let is_shared = self.provider.jwks_uri(metadata, &self.provider.client_id).as_ref() == Some(&jwks_uri);
        Ok(KeySet { cache: if is_shared { &self.keys.main } else { self.keys.of_client(client_id) }, jwks_uri })
    }

    /// The provider's JWK set.
    pub(super) async fn keys(&self, http: &ProviderHttp, set: &KeySet<'_>, now: i64) -> Result<Arc<JwkSet>, KeysError> {
        inspect::record(|_| document(DocumentKind::Keys, set.cache.source(now)));
        let failure = &self.keys.failure;
        let fetch =
            async { self.fetch_keys(http, &set.jwks_uri, now).await.inspect_err(|error| failure.set(error.into())) };
        set.cache.get(now, fetch).await.map_err(|error| match error {
            CacheError::Fetch(error) => error,
            CacheError::SharedFetch => KeysError::Shared(failure.get()),
        })
    }

    /// A newer JWK set than `seen`; `None` if there is none.
    pub(super) async fn newer_keys(
        &self,
        http: &ProviderHttp,
        set: &KeySet<'_>,
        seen: &Arc<JwkSet>,
        now: i64,
    ) -> Option<Arc<JwkSet>> {
        set.cache.newer_than(seen, now, self.fetch_keys(http, &set.jwks_uri, now)).await
    }

    /// Whether a request to this part may be sent now. Takes the trial request of an open breaker.
    pub(super) fn try_acquire(&self, part: Part, now: i64) -> bool {
        self.breaker(part).try_acquire(now)
    }

    /// Whether a breaker that sign-in requires is open.
    pub(super) fn is_unavailable(&self) -> bool {
        REQUIRED_PARTS.into_iter().any(|part| self.breaker(part).is_open())
    }

    /// Sends one request and records the outcome in the part's breaker.
    pub(super) async fn send(
        &self,
        http: &ProviderHttp,
        part: Part,
        request: HttpRequest,
        now: i64,
    ) -> Result<HttpResponse, HttpError> {
        let started = Instant::now();
        inspect::record(|redactor| inspect::exchange_request(part.code(), &request, redactor));
        let slug = self.provider.slug.as_str();
        let span =
            tracing::trace_span!("provider", provider = slug, part = part.code(), status = Empty, outcome = Empty);
        let outcome = http.send(request, Reach::of(&self.provider)).instrument(span.clone()).await;
        if let Ok(response) = &outcome {
            span.record("status", response.status);
        }
        span.record("outcome", outcome_of(&outcome).code());
        inspect::record(|redactor| match &outcome {
            Ok(response) => inspect::exchange_response(part.code(), response, redactor),
            Err(error) => Step::ProviderResponse {
                part: part.code(),
                status: Value::of_log(&error.to_string()),
                parameters: Vec::new(),
            },
        });
        self.time(part, &outcome, started.elapsed());
        match &outcome {
            Ok(response) if response.status >= 500 => self.breaker(part).record_failure(now),
            Ok(_) => self.breaker(part).record_success(),
            Err(error) if error.counts_as_failure() => self.breaker(part).record_failure(now),
            Err(_) => {}
        }
        outcome
    }

    fn time(&self, part: Part, outcome: &Result<HttpResponse, HttpError>, elapsed: Duration) {
        self.metrics.time_provider_request(self.provider.slug.as_str(), part.code(), outcome_of(outcome), elapsed);
    }

    /// Each part, and whether its breaker is open or half-open.
    pub(super) fn breakers(&self) -> impl Iterator<Item = (Part, bool)> {
        Part::ALL.into_iter().map(|part| (part, self.breaker(part).is_open()))
    }

    /// Records a response that the caller stopped waiting for.
    pub(super) fn record_timeout(&self, part: Part, now: i64) {
        self.breaker(part).record_failure(now);
    }

    fn breaker(&self, part: Part) -> &Breaker {
        let Breakers { documents, tokens, userinfo, api, resources, refresh, revocation, token_check } = &self.breakers;
        match part {
            Part::Documents => documents,
            Part::Tokens => tokens,
            Part::Userinfo => userinfo,
            Part::Api => api,
            Part::Resources => resources,
            Part::Refresh => refresh,
            Part::Revocation => revocation,
            Part::TokenCheck => token_check,
        }
    }

    async fn discover(&self, http: &ProviderHttp, issuer: &str, now: i64) -> Result<ProviderMetadata, BeginError> {
        if !self.try_acquire(Part::Documents, now) {
            return Err(BeginError::BreakerOpen);
        }
        let rules = EndpointRules { allow_loopback_http: http.on_loopback() };
        let request = discovery_request(issuer, rules)?;
        let response = self.send(http, Part::Documents, request, now).await?;
        Ok(process_discovery_response(&response, issuer, self.provider.spec.id_token_algorithms(), rules)?)
    }

    async fn fetch_keys(&self, http: &ProviderHttp, jwks_uri: &Url, now: i64) -> Result<JwkSet, KeysError> {
        if !self.try_acquire(Part::Documents, now) {
            return Err(KeysError::BreakerOpen);
        }
        let response = self.send(http, Part::Documents, jwks_request(jwks_uri), now).await?;
        Ok(process_jwks_response(&response)?)
    }
}

fn outcome_of(outcome: &Result<HttpResponse, HttpError>) -> Outcome {
    match outcome {
        Ok(response) if response.status >= 500 => Outcome::ServerError,
        Ok(_) => Outcome::Answered,
        Err(_) => Outcome::Failed,
    }
}

const fn document(kind: DocumentKind, source: DocumentSource) -> Step {
    Step::Document { kind, source }
}

impl From<BeginError> for CompleteError {
    fn from(error: BeginError) -> Self {
        Self::Metadata(Box::new(error))
    }
}
