//! Checks the client registrations at the providers, for `latchkey doctor`: one request to each endpoint, bypassing
//! caches and circuit breakers. Signs no user in.

mod client_checker;

use std::panic;

use super::{BeginError, HttpError, KeysError, RelyingParty, http::Reach};
use crate::{
    oauth::ProviderMessage,
    oidc::{Algorithm, ProviderMetadata},
    providers::{IdentitySource, Provider, ProviderSpec},
};
use client_checker::ClientChecker;

/// The results for one provider.
#[derive(Debug)]
pub struct ProviderCheckup {
    /// The provider's slug.
    pub slug: String,
    /// The provider's display name.
    pub label: String,
    /// The provider's issuer.
    pub issuer: String,
    /// Whether it may be in a private network.
    pub is_self_hosted: bool,
    /// The redirect URI to register at the provider, byte for byte.
    pub redirect_uri: String,
    /// The fields of the console and the URLs to enter there, where the provider sends messages in a form of its own.
    pub message_urls: Vec<(&'static str, String)>,
    /// The source of the endpoints, or why they are unknown.
    pub endpoints: Result<EndpointSource, BeginError>,
    /// The number of usable keys; `None` if the endpoints are unknown or the provider has no id_tokens.
    pub keys: Option<Result<usize, KeysError>>,
    /// The token endpoint's response to a made-up code; `None` if the endpoints are unknown.
    pub token_endpoint: Option<TokenEndpointCheckup>,
    /// The provider's words, if it answered with an error.
    pub said: Option<ProviderMessage>,
    /// What the discovery document announces; `None` if the endpoints are constants or unknown.
    pub announced: Option<Announced>,
    /// This application's other clients there, whose tokens are accepted.
    pub further_client_ids: Vec<String>,
    /// Seconds by which the provider's clock is ahead of this server's; `None` if no response had a `Date`.
    pub clock_skew: Option<i64>,
}

/// What a discovery document announces about sign-ins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Announced {
    /// The signature algorithms of id_tokens that sign-ins accept.
    pub algorithms: Vec<Algorithm>,
    /// Whether PKCE with S256 is announced.
    pub pkce: bool,
    /// Whether sign-ins there use PKCE.
    pub uses_pkce: bool,
}

impl Announced {
    fn new(metadata: &ProviderMetadata, spec: &ProviderSpec) -> Self {
        let accepted: &[Algorithm] = match &spec.identity {
            IdentitySource::IdToken(spec) => spec.algorithms,
            IdentitySource::Api(_) => &[],
        };
        let announced = &metadata.id_token_signing_alg_values_supported;
        Self {
            algorithms: announced.iter().copied().filter(|algorithm| accepted.contains(algorithm)).collect(),
            pkce: metadata.code_challenge_methods_supported.iter().any(|method| method == "S256"),
            uses_pkce: spec.pkce,
        }
    }
}

/// The source of a provider's endpoints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndpointSource {
    /// Constants in `providers`.
    BuiltIn,
    /// The provider's discovery document, fetched now.
    Discovered,
}

/// The token endpoint's response to a made-up code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenEndpointCheckup {
    /// The provider supports none of the implemented client authentication methods, or the secret cannot be made.
    NoClientAuthentication,
    /// No response.
    NoAnswer(HttpError),
    /// 429 or 5xx; the status.
    Unavailable(u16),
    /// A response that shows the state of the client.
    Answered(ClientCheck),
}

/// The state of the client at a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClientCheck {
    /// Registered, with the right secret: only the code was rejected, and a client that does not exist is rejected as such.
    Accepted,
    /// The code was rejected, as it is for a client that does not exist: the server looks at the code first.
    SameForUnknown,
    /// Not registered, or the secret is wrong.
    Unknown,
    /// Not allowed to use the code flow.
    NotAllowed,
    /// Registered, but not with this redirect URI.
    RedirectUriNotRegistered,
    /// The response does not show it; what it was, for the operator.
    Unclear(String),
    /// The endpoint issued tokens for a made-up code: sign-ins through this provider are worthless.
    AcceptsAnyCode,
}

impl RelyingParty {
    /// Checks all providers concurrently, in the order of the login page. Takes as long as the slowest one, at most
    /// half a minute.
    pub async fn check_up(&self) -> Vec<ProviderCheckup> {
        let spawn = |provider: Provider| {
            let relying_party = self.clone();
            tokio::spawn(async move { relying_party.check_up_one(&provider).await })
        };
        let tasks: Vec<_> = self.providers().cloned().map(spawn).collect();
        let mut checkups = Vec::new();
        for task in tasks {
            match task.await.map_err(tokio::task::JoinError::try_into_panic) {
                Ok(checkup) => checkups.push(checkup),
                Err(Ok(cause)) => panic::resume_unwind(cause),
                // Cancelled: the runtime is shutting down.
                Err(Err(_)) => {}
            }
        }
        checkups
    }

    async fn check_up_one(&self, provider: &Provider) -> ProviderCheckup {
        let check = ClientChecker { relying_party: self, http: &self.http, reach: Reach::of(provider) };
        let (mut keys, mut token_endpoint, mut clock_skew, mut said, mut announced) = (None, None, None, None, None);
        let endpoints = match check.endpoints(provider).await {
            Err(error) => Err(error),
            Ok((source, metadata, skew)) => {
                let redirect_uri = self.redirect_uri(provider.slug.as_str());
                let (published_keys, (client_check, message, token_skew)) = tokio::join!(
                    check.keys(provider, &metadata, &provider.client_id),
                    check.token_endpoint(provider, &metadata, &redirect_uri)
                );
                announced = (source == EndpointSource::Discovered).then(|| Announced::new(&metadata, provider.spec));
                said = message;
                let (key_count, keys_skew) = published_keys.unzip();
                // The token endpoint's clock is the most reliable: a POST is not cached.
                clock_skew = token_skew.or(skew).or(keys_skew.flatten());
                keys = key_count;
                token_endpoint = Some(client_check);
                Ok(source)
            }
        };
        ProviderCheckup {
            slug: provider.slug.to_string(),
            label: provider.label.clone(),
            issuer: provider.metadata.issuer().to_owned(),
            is_self_hosted: provider.is_self_hosted(),
            redirect_uri: self.redirect_uri(provider.slug.as_str()),
            message_urls: self.message_urls(provider),
            endpoints,
            keys,
            token_endpoint,
            said,
            announced,
            further_client_ids: provider.further_client_ids.clone(),
            clock_skew,
        }
    }
}
