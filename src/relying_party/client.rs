//! The client and its authentication at a provider.

use super::{RelyingParty, provider_client::ProviderClient};
use crate::{
    oauth::Client,
    oidc::ProviderMetadata,
    providers::{ClientSecretError, Provider},
};

/// Why the client cannot authenticate at a provider; the operator has to act.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The provider supports none of the implemented methods.
    #[error("no supported client authentication method")]
    NoAuthentication,
    /// The client secret, a signed JWT, cannot be made (Apple).
    #[error(transparent)]
    Secret(#[from] ClientSecretError),
}

impl RelyingParty {
    /// The client at a provider, with its current secret.
    pub(super) fn oauth_client(
        &self,
        client: &ProviderClient,
        metadata: &ProviderMetadata,
    ) -> Result<Client, ClientError> {
        let Provider { client_id, client_secret, metadata: known, .. } = &client.provider;
        let secret = client_secret.at(client_id, known.issuer(), self.clock.now())?;
        let authentication = metadata.client_authentication(Some(secret)).ok_or(ClientError::NoAuthentication)?;
        Ok(Client { client_id: client_id.clone(), authentication })
    }
}
