//! Checks the client registrations at the providers, for `latchkey doctor`: one request to each endpoint, bypassing
//! caches and circuit breakers. Signs no user in.

mod client_checker;

use std::panic;

use super::{BeginError, HttpError, KeysError, RelyingParty};
use crate::providers::Provider;
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
    /// The redirect URI to register at the provider, byte for byte.
    pub redirect_uri: String,
    /// The source of the endpoints, or why they are unknown.
    pub endpoints: Result<EndpointSource, BeginError>,
    /// The number of usable keys; `None` if the endpoints are unknown or the provider has no id_tokens.
    pub keys: Option<Result<usize, KeysError>>,
    /// The token endpoint's response to a made-up code; `None` if the endpoints are unknown.
    pub token_endpoint: Option<TokenEndpointCheckup>,
    /// Seconds by which the provider's clock is ahead of this server's; `None` if no response had a `Date`.
    pub clock_skew: Option<i64>,
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
    /// Registered, with the right secret: only the code was rejected.
    Accepted,
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
        let check = ClientChecker { relying_party: self, http: &self.http };
        let (mut keys, mut token_endpoint, mut clock_skew) = (None, None, None);
        let endpoints = match check.endpoints(provider).await {
            Err(error) => Err(error),
            Ok((source, metadata, skew)) => {
                let redirect_uri = self.redirect_uri(provider.slug.as_str());
                let (published_keys, (client_check, token_skew)) = tokio::join!(
                    check.keys(provider, &metadata),
                    check.token_endpoint(provider, &metadata, &redirect_uri)
                );
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
            redirect_uri: self.redirect_uri(provider.slug.as_str()),
            endpoints,
            keys,
            token_endpoint,
            clock_skew,
        }
    }
}
