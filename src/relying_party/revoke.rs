//! Revoking tokens at the provider (RFC 7009).

use secrecy::SecretString;

use super::{BeginError, HttpError, RelyingParty, client::ClientError, provider_client::Part};
use crate::oauth::{RevocationError, TokenTypeHint, process_revocation_response, revocation_request};

/// Why a token may still be valid at its provider.
#[derive(Debug, thiserror::Error)]
pub enum RevokeError {
    /// The provider is disabled, or its issuer is not that of the token.
    #[error("provider disabled or changed")]
    ProviderChanged,
    /// The provider has no revocation endpoint.
    #[error("the provider has no revocation endpoint")]
    NoEndpoint,
    /// The circuit breaker is open.
    #[error("circuit breaker open")]
    BreakerOpen,
    /// The provider's metadata is not available.
    #[error(transparent)]
    Metadata(Box<BeginError>),
    /// The client cannot authenticate at the provider.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// No response.
    #[error(transparent)]
    Http(#[from] HttpError),
    /// The endpoint did not confirm the revocation.
    #[error(transparent)]
    Refused(#[from] RevocationError),
}

impl RelyingParty {
    /// Revokes a token that `issuer` issued. Succeeds if the token was invalid before (RFC 7009 §2.2).
    ///
    /// # Errors
    /// [`RevokeError`]; the token may still be valid.
    pub async fn revoke(
        &self,
        slug: &str,
        issuer: &str,
        token: &SecretString,
        hint: TokenTypeHint,
    ) -> Result<(), RevokeError> {
        let client = self.client_of_issuer(slug, issuer).ok_or(RevokeError::ProviderChanged)?;
        let now = self.clock.now();
        let metadata =
            client.metadata(&self.http, now).await.map_err(|error| RevokeError::Metadata(Box::new(error)))?;
        let endpoint = metadata.revocation_endpoint.as_ref().ok_or(RevokeError::NoEndpoint)?;
        let oauth_client = self.oauth_client(client, &metadata)?;
        if !client.try_acquire(Part::Revocation, now) {
            return Err(RevokeError::BreakerOpen);
        }
        let request = revocation_request(endpoint, &oauth_client, token, hint);
        let response = client.send(&self.http, Part::Revocation, request, now).await?;
        Ok(process_revocation_response(&response)?)
    }
}
