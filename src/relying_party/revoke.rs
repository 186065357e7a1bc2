//! Tokens, given back.

use secrecy::SecretString;

use super::{BeginError, HttpError, RelyingParty, client::ClientError, provider_client::Part};
use crate::oauth::{RevocationError, TokenTypeHint, process_revocation_response, revocation_request};

/// Why a token may still be alive at its provider.
#[derive(Debug, thiserror::Error)]
pub enum RevokeError {
    /// The provider is not switched on, or is another one than the token's.
    #[error("the provider of the token is not configured")]
    ProviderChanged,
    /// It takes no tokens back.
    #[error("the provider has no revocation endpoint")]
    NoEndpoint,
    /// It has not answered lately.
    #[error("the revocation endpoint has not answered lately")]
    BreakerOpen,
    /// Its endpoints cannot be had.
    #[error("the provider's metadata: {0}")]
    Metadata(Box<BeginError>),
    /// We cannot show that we are our client.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// No answer.
    #[error(transparent)]
    Http(#[from] HttpError),
    /// It did not confirm.
    #[error(transparent)]
    Refused(#[from] RevocationError),
}

impl RelyingParty {
    /// Asks the provider of `issuer` to forget a token (RFC 7009). A token that it does not know any more is a success.
    ///
    /// # Errors
    /// [`RevokeError`].
    pub async fn revoke(
        &self,
        slug: &str,
        issuer: &str,
        token: &SecretString,
        hint: TokenTypeHint,
    ) -> Result<(), RevokeError> {
        let client = self.client_of(slug, issuer).ok_or(RevokeError::ProviderChanged)?;
        let now = self.clock.now();
        let metadata =
            client.metadata(&self.http, now).await.map_err(|error| RevokeError::Metadata(Box::new(error)))?;
        let endpoint = metadata.revocation_endpoint.as_ref().ok_or(RevokeError::NoEndpoint)?;
        let us = self.us_at(client, &metadata)?;
        if !client.may_ask(Part::Revocation, now) {
            return Err(RevokeError::BreakerOpen);
        }
        let request = revocation_request(endpoint, &us, token, hint);
        let response = client.send(&self.http, Part::Revocation, request, now).await?;
        Ok(process_revocation_response(&response)?)
    }
}
