//! Who we are to a provider.

use super::{RelyingParty, provider_client::ProviderClient};
use crate::{
    oauth::Client,
    oidc::ProviderMetadata,
    providers::{ClientSecretError, Provider},
};

/// Why we cannot show a provider that we are our client: a matter for the operator.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// It takes none of the ways in which we can authenticate.
    #[error("the provider offers no client authentication that we know")]
    NoAuthentication,
    /// Our key cannot sign a client secret.
    #[error(transparent)]
    Secret(#[from] ClientSecretError),
}

impl RelyingParty {
    /// Our client at a provider, with its secret as of now.
    pub(super) fn us_at(&self, client: &ProviderClient, metadata: &ProviderMetadata) -> Result<Client, ClientError> {
        let Provider { client_id, client_secret, metadata: known, .. } = &client.provider;
        let secret = client_secret.at(client_id, known.issuer(), self.clock.now())?;
        let authentication = metadata.client_authentication(Some(secret)).ok_or(ClientError::NoAuthentication)?;
        Ok(Client { client_id: client_id.clone(), authentication })
    }
}
