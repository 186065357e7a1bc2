//! The client and its authentication at a provider.

use super::{RelyingParty, provider_client::ProviderClient};
use crate::{
    oauth::Client,
    oidc::ProviderMetadata,
    providers::{AssertionTime, ClientSecretError, Provider},
    sealing::random_bytes,
};

/// Why the client cannot authenticate at a provider; the operator has to act.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The provider supports none of the implemented methods.
    #[error("no supported client authentication method")]
    NoAuthentication,
    /// The client secret or assertion, a signed JWT, cannot be made.
    #[error(transparent)]
    Secret(#[from] ClientSecretError),
}

impl RelyingParty {
    /// The client at a provider, with its secret or assertion for one request.
    pub(super) fn oauth_client(
        &self,
        client: &ProviderClient,
        metadata: &ProviderMetadata,
    ) -> Result<Client, ClientError> {
        self.oauth_client_of(&client.provider, metadata)
    }

    /// The same for a provider without its caches, for a check.
    pub(super) fn oauth_client_of(
        &self,
        provider: &Provider,
        metadata: &ProviderMetadata,
    ) -> Result<Client, ClientError> {
        let time =
            AssertionTime { now: self.clock.now(), id: random_bytes().map_err(|_| ClientSecretError::CannotSign)? };
        let authentication = provider.client_authentication(metadata, time)?.ok_or(ClientError::NoAuthentication)?;
        Ok(Client { client_id: provider.client_id.clone(), authentication })
    }
}
