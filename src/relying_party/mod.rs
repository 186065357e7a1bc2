//! The OpenID Connect relying party. `RelyingParty::begin` makes the authorization URL and the pending flow;
//! `RelyingParty::complete` turns the authorization response into a verified profile;
//! `RelyingParty::verify_external_token` does so for a token that a front end obtained. The only room that sends HTTP
//! requests to providers: time-outs, size limits, caches and circuit breakers are here.

mod address_guard;
mod api;
mod begin;
mod breached_passwords;
mod breaker;
mod cached;
mod checkup;
mod client;
mod clock;
mod complete;
mod end_session;
mod event;
mod external_token;
mod flow;
mod http;
mod id_token;
mod key_sets;
mod misconfiguration;
mod outbound;
mod provider_client;
mod provider_event;
mod provider_failure;
mod refresh;
mod resource;
mod response_issuer;
mod return_to;
mod revoke;

pub use begin::{AuthorizationOptions, BeginError, Prompt};
pub use breached_passwords::BreachedPasswords;
pub use cached::{CacheError, Cached, Lifetime};
pub use checkup::{Announced, ClientCheck, EndpointSource, ProviderCheckup, TokenEndpointCheckup};
pub use client::ClientError;
pub use clock::Clock;
pub use complete::{CompleteError, Completed};
pub use event::{FlowEvent, Journal};
pub use external_token::{ExternalTokenError, Presented, SingleUse, single_use};
pub use flow::{FLOW_LIFETIME, PendingFlow};
pub use http::HttpError;
pub use misconfiguration::Misconfiguration;
pub use outbound::{Outbound, OutboundProxy, ProxyScope};
pub use provider_client::KeysError;
pub use provider_event::{ProviderEventError, ReceivedEvent};
pub use provider_failure::ProviderFailure;
pub use refresh::{RefreshError, Refreshed};
pub use resource::ResourceRequestError;
pub use return_to::ReturnTo;
pub use revoke::RevokeError;

use std::sync::Arc;

use crate::metrics::Metrics;
use crate::providers::Provider;
use http::ProviderHttp;
use provider_client::ProviderClient;

/// The relying party with its clients at the providers. Cheap to clone.
#[derive(Clone, Debug)]
pub struct RelyingParty {
    origin: Arc<str>,
    clients: Arc<[ProviderClient]>,
    http: ProviderHttp,
    clock: Clock,
}

impl RelyingParty {
    /// `origin` is the application's public origin.
    ///
    /// # Errors
    /// If the TLS backend cannot be initialised.
    pub fn new(
        origin: &str,
        outbound: Outbound,
        providers: Vec<Provider>,
        clock: Clock,
        metrics: &Metrics,
    ) -> Result<Self, reqwest::Error> {
        let client = |provider| ProviderClient::new(provider, metrics.clone());
        Ok(Self {
            origin: origin.into(),
            clients: providers.into_iter().map(client).collect(),
            http: ProviderHttp::new(outbound)?,
            clock,
        })
    }

    /// The enabled providers, in the order of the login page.
    pub fn providers(&self) -> impl Iterator<Item = &Provider> {
        self.clients.iter().map(|client| &client.provider)
    }

    /// The enabled provider with this slug.
    pub fn provider(&self, slug: &str) -> Option<&Provider> {
        self.client(slug).map(|client| &client.provider)
    }

    /// Whether users can sign in with the provider: it is enabled, and its circuit breakers are closed.
    pub fn is_available(&self, slug: &str) -> bool {
        self.client(slug).is_some_and(|client| !client.is_unavailable())
    }

    /// The slug of each provider, each of its parts, and whether the part's circuit breaker is open or half-open.
    pub fn breakers(&self) -> impl Iterator<Item = (&str, &'static str, bool)> {
        self.clients.iter().flat_map(|client| {
            let slug = client.provider.slug.as_str();
            client.breakers().map(move |(part, is_open)| (slug, part.code(), is_open))
        })
    }

    /// The origins of profile pictures, for `img-src` of the content security policy.
    pub fn picture_origins(&self) -> Vec<String> {
        let specified = self.providers().flat_map(|provider| (provider.spec.picture_origins)(provider));
        let mut origins: Vec<String> = Vec::new();
        for origin in specified.chain(self.providers().filter_map(|provider| self.override_origin(provider))) {
            if !origins.contains(&origin) {
                origins.push(origin);
            }
        }
        origins
    }

    /// The origin of a provider whose endpoints are overridden, recognised by its http issuer; it serves the pictures
    /// too.
    fn override_origin(&self, provider: &Provider) -> Option<String> {
        let issuer = url::Url::parse(provider.metadata.issuer()).ok()?;
        let is_endpoint_override = self.http.on_loopback() && issuer.scheme() == "http";
        is_endpoint_override.then(|| issuer.origin().ascii_serialization())
    }

    /// The redirect URI of a provider. Each provider has its own, so that the path of a response identifies its
    /// provider (RFC 9700 §4.4).
    pub fn redirect_uri(&self, slug: &str) -> String {
        format!("{}/auth/callback/{slug}", self.origin)
    }

    fn client(&self, slug: &str) -> Option<&ProviderClient> {
        self.clients.iter().find(|client| client.provider.slug.as_str() == slug)
    }
}
