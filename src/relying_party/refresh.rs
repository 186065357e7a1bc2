//! A grant's tokens, renewed.

use std::time::Duration;

use secrecy::SecretString;

use super::{
    BeginError, HttpError, Journal, KeysError, RelyingParty,
    client::ClientError,
    id_token::{CameWith, VerifyError},
    provider_client::{Part, ProviderClient},
};
use crate::{
    accounts::IdentityKey,
    oauth::{
        ResponseError, Scopes, TokenError, TokenErrorCode, TokenResponse, process_token_response, refresh_token_grant,
    },
    oidc::{IdTokenError, NonceRule, ProviderMetadata},
    providers::{Facts, IdentitySource},
};

/// For all calls of one refresh together: somebody is waiting for a page.
const DEADLINE: Duration = Duration::from_secs(15);

/// What a refresh brought.
#[derive(Debug)]
pub struct Refreshed {
    /// The tokens. Without a refresh token among them, the old one stays (RFC 6749 §6).
    pub tokens: TokenResponse,
    /// What they are good for: what they were, unless the answer says otherwise.
    pub granted: Scopes,
}

/// Why there are no new tokens.
#[derive(Debug, thiserror::Error)]
pub enum RefreshError {
    /// The provider is not switched on, or is another one than the identity's.
    #[error("the provider of the tokens is not configured")]
    ProviderChanged,
    /// `invalid_grant`: the refresh token is worth nothing any more. Asking again cannot help.
    #[error("the provider has taken the grant back")]
    Revoked,
    /// The answer has an id_token that is refused, or is of somebody else.
    #[error("the answer is not about the identity of the grant")]
    OfAnother,
    /// It cannot be had now; later it may.
    #[error("the tokens cannot be renewed now: {cause}")]
    Away {
        /// Why not, for the log.
        cause: String,
        /// For how long to leave the provider alone, where it says so.
        retry_after: Option<Duration>,
    },
}

impl RelyingParty {
    /// Renews the tokens of an identity. An id_token in the answer is verified in full, as that of a sign-in (OpenID Connect
    /// Core §12.2): an answer about somebody else would put their files before this person.
    ///
    /// # Errors
    /// [`RefreshError`].
    pub async fn refresh(
        &self,
        slug: &str,
        identity: &IdentityKey,
        refresh_token: &SecretString,
        scopes: &Scopes,
    ) -> Result<Refreshed, RefreshError> {
        let client = self.client_of(slug, identity.issuer()).ok_or(RefreshError::ProviderChanged)?;
        let steps = self.refresh_step_by_step(client, identity, refresh_token, scopes);
        tokio::time::timeout(DEADLINE, steps).await.unwrap_or_else(|_| Err(HttpError::Timeout.into()))
    }

    async fn refresh_step_by_step(
        &self,
        client: &ProviderClient,
        identity: &IdentityKey,
        refresh_token: &SecretString,
        scopes: &Scopes,
    ) -> Result<Refreshed, RefreshError> {
        let metadata = client.metadata(&self.http, self.clock.now()).await?;
        let us = self.us_at(client, &metadata)?;
        if matches!(client.provider.spec.identity, IdentitySource::IdToken(_)) {
            // Before the refresh token is spent, which may be good for once: an answer that cannot be verified is lost.
            client.keys(&self.http, &metadata, self.clock.now()).await?;
        }
        if !client.may_ask(Part::Renewals, self.clock.now()) {
            return Err(RefreshError::away("the token endpoint has not renewed tokens lately"));
        }
        let request = refresh_token_grant(&metadata.token_endpoint, &us, refresh_token, None);
        let response = client.send(&self.http, Part::Renewals, request, self.clock.now()).await?;
        let tokens = process_token_response(&response, client.provider.spec.token_encoding)?;
        if let Some(id_token) = tokens.id_token() {
            self.check_whose(client, &metadata, identity, &tokens, id_token).await?;
        }
        Ok(Refreshed { granted: tokens.granted_scopes(scopes), tokens })
    }

    async fn check_whose(
        &self,
        client: &ProviderClient,
        metadata: &ProviderMetadata,
        identity: &IdentityKey,
        tokens: &TokenResponse,
        id_token: &SecretString,
    ) -> Result<(), RefreshError> {
        let IdentitySource::IdToken(spec) = &client.provider.spec.identity else { return Ok(()) };
        let access_token = tokens.access_token();
        let came = CameWith { nonce: NonceRule::NotSent, access_token, code: None, max_age: None };
        let mut journal = Journal::new(client.provider.slug.as_str());
        let claims = match self.verify(client, metadata, id_token, &came, &mut journal).await {
            Ok(claims) => claims,
            Err(VerifyError::Keys(error)) => return Err(error.into()),
            // Keys that were rotated a moment ago: nothing is wrong with the grant.
            Err(VerifyError::Refused(error)) if error.is_unknown_kid() => return Err(RefreshError::away(error)),
            Err(VerifyError::Refused(error)) => return Err(refused(client, &error)),
        };
        let facts = Facts { claims: Some(&claims), userinfo: None, unverified_name: None };
        let about = (spec.profile)(&client.provider, &facts);
        match about.is_some_and(|it| it.issuer == identity.issuer() && it.subject == identity.subject()) {
            true => Ok(()),
            false => Err(RefreshError::OfAnother),
        }
    }

    /// The provider of a slug, if it is still the one of this issuer: tokens are shown to nobody else.
    pub(super) fn client_of(&self, slug: &str, issuer: &str) -> Option<&ProviderClient> {
        self.client(slug).filter(|client| client.provider.metadata.issuer() == issuer)
    }
}

fn refused(client: &ProviderClient, error: &IdTokenError) -> RefreshError {
    tracing::warn!(provider = %client.provider.slug, %error, "the id_token of a refresh was refused");
    RefreshError::OfAnother
}

impl RefreshError {
    fn away(cause: impl ToString) -> Self {
        Self::Away { cause: cause.to_string(), retry_after: None }
    }
}

impl From<TokenError> for RefreshError {
    /// Only `invalid_grant` speaks of the refresh token. Whatever else is wrong (our secret, say) is no reason to throw
    /// people's grants away.
    fn from(error: TokenError) -> Self {
        match &error {
            TokenError::Refused(TokenErrorCode::InvalidGrant) => Self::Revoked,
            TokenError::Response(ResponseError::Unavailable { retry_after, .. }) => {
                Self::Away { cause: error.to_string(), retry_after: *retry_after }
            }
            _ => Self::away(error),
        }
    }
}

impl From<HttpError> for RefreshError {
    fn from(error: HttpError) -> Self {
        Self::away(error)
    }
}

impl From<KeysError> for RefreshError {
    fn from(error: KeysError) -> Self {
        Self::away(error)
    }
}

impl From<BeginError> for RefreshError {
    fn from(error: BeginError) -> Self {
        Self::away(error)
    }
}

impl From<ClientError> for RefreshError {
    fn from(error: ClientError) -> Self {
        Self::away(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_invalid_grant_ends_a_grant() {
        let refused = |code| RefreshError::from(TokenError::Refused(code));
        assert!(matches!(refused(TokenErrorCode::InvalidGrant), RefreshError::Revoked));
        for code in [
            TokenErrorCode::InvalidClient,
            TokenErrorCode::InvalidRequest,
            TokenErrorCode::InvalidScope,
            TokenErrorCode::UnauthorizedClient,
            TokenErrorCode::Other("rate_limited".into()),
        ] {
            assert!(matches!(refused(code.clone()), RefreshError::Away { retry_after: None, .. }), "{code:?}");
        }
        let half_a_minute = Some(Duration::from_secs(30));
        let error = ResponseError::Unavailable { status: 503, retry_after: half_a_minute };
        let RefreshError::Away { retry_after, .. } = TokenError::from(error).into() else { panic!("not away") };
        assert_eq!(retry_after, half_a_minute);
    }
}
