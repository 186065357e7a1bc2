//! Refreshing the tokens of a grant (RFC 6749 §6).

use std::time::Duration;

use secrecy::SecretString;

use super::{
    BeginError, HttpError, Journal, KeysError, RelyingParty,
    client::ClientError,
    id_token::{TokenBinding, VerifyError},
    provider_client::{Part, ProviderClient},
};
use crate::{
    accounts::IdentityKey,
    oauth::{
        ProviderMessage, ResponseError, Scopes, TokenError, TokenErrorCode, TokenResponse, process_token_response,
        refresh_token_grant,
    },
    oidc::{IdTokenError, NonceRule, ProviderMetadata},
    providers::{Facts, IdentitySource, Profile},
};

/// Limit for all requests of one refresh together; a page waits for it.
const DEADLINE: Duration = Duration::from_secs(15);

/// The result of a refresh.
#[derive(Debug)]
pub struct Refreshed {
    /// The tokens. If they include no refresh token, the old one stays valid (RFC 6749 §6).
    pub tokens: TokenResponse,
    /// The granted scopes: those of the response, else the former ones.
    pub granted: Scopes,
}

/// Why a refresh failed.
#[derive(Debug, thiserror::Error)]
pub enum RefreshError {
    /// The provider is disabled, or its issuer is not that of the identity.
    #[error("provider disabled or changed")]
    ProviderChanged,
    /// `invalid_grant`: the refresh token is invalid, expired or revoked. Permanent.
    #[error("grant revoked at the provider")]
    Revoked,
    /// The response's id_token was rejected, or names another identity.
    #[error("tokens of another identity")]
    IdentityMismatch,
    /// A temporary failure; retry later.
    #[error("refresh unavailable: {cause}")]
    Unavailable {
        /// The cause, for the log.
        cause: String,
        /// The provider's `Retry-After`, if any; at most a day.
        retry_after: Option<Duration>,
    },
}

impl RelyingParty {
    /// Refreshes the tokens of an identity. An id_token in the response is verified like that of a sign-in, and must
    /// name the same identity (OpenID Connect Core §12.2): tokens of another user would expose that user's files. Ends
    /// within 15 seconds.
    ///
    /// # Errors
    /// [`RefreshError`]; only [`RefreshError::Revoked`] says that the refresh token is invalid.
    pub async fn refresh(
        &self,
        slug: &str,
        identity: &IdentityKey,
        refresh_token: &SecretString,
        scopes: &Scopes,
    ) -> Result<Refreshed, RefreshError> {
        let client = self.client_of_issuer(slug, identity.issuer()).ok_or(RefreshError::ProviderChanged)?;
        let steps = self.refresh_steps(client, identity, refresh_token, scopes);
        tokio::time::timeout(DEADLINE, steps).await.unwrap_or_else(|_| Err(HttpError::Timeout.into()))
    }

    async fn refresh_steps(
        &self,
        client: &ProviderClient,
        identity: &IdentityKey,
        refresh_token: &SecretString,
        scopes: &Scopes,
    ) -> Result<Refreshed, RefreshError> {
        let metadata = client.metadata(&self.http, self.clock.now()).await?;
        let oauth_client = self.oauth_client(client, &metadata)?;
        if matches!(client.provider.spec.identity, IdentitySource::IdToken(_)) {
            // Before sending the refresh token, which may be good for one use: without keys the response would be lost.
            let keys = client.key_set(&metadata, &client.provider.client_id)?;
            client.keys(&self.http, &keys, self.clock.now()).await?;
        }
        if !client.try_acquire(Part::Refresh, self.clock.now()) {
            return Err(RefreshError::unavailable("circuit breaker open"));
        }
        let request = refresh_token_grant(&metadata.token_endpoint, &oauth_client, refresh_token, None);
        let secrets = request.secrets();
        let response = client.send(&self.http, Part::Refresh, request, self.clock.now()).await?;
        let tokens = process_token_response(&response, client.provider.spec.token_encoding).inspect_err(|_| {
            let secrets: Vec<&str> = secrets.iter().map(String::as_str).collect();
            if let Some(said) = ProviderMessage::of_response(&response, &secrets) {
                tracing::info!(provider = %client.provider.slug, "the provider does not refresh tokens: {said}");
            }
        })?;
        if let Some(id_token) = tokens.id_token()? {
            self.check_identity(client, &metadata, identity, &tokens, id_token).await?;
        }
        Ok(Refreshed { granted: tokens.granted_scopes(scopes), tokens })
    }

    async fn check_identity(
        &self,
        client: &ProviderClient,
        metadata: &ProviderMetadata,
        identity: &IdentityKey,
        tokens: &TokenResponse,
        id_token: &SecretString,
    ) -> Result<(), RefreshError> {
        let IdentitySource::IdToken(spec) = &client.provider.spec.identity else { return Ok(()) };
        let access_token = tokens.access_token();
        let binding = TokenBinding { nonce: NonceRule::NotSent, access_token, code: None, max_age: None };
        let mut journal = Journal::new(client.provider.slug.as_str());
        let claims = match self.verify(client, metadata, id_token, &binding, &mut journal).await {
            Ok(claims) => claims,
            Err(VerifyError::Keys(error)) => return Err(error.into()),
            // The provider is rotating its keys: not a reason to end the grant.
            Err(VerifyError::Rejected(error)) if error.is_unknown_kid() => {
                return Err(RefreshError::unavailable(error));
            }
            Err(VerifyError::Rejected(error)) => return Err(rejected_id_token(client, &error)),
        };
        let facts = Facts { claims: Some(&claims), userinfo: None, unverified_name: None };
        let profile = (spec.profile)(&client.provider, &facts);
        let is_same = |profile: Profile| profile.issuer == identity.issuer() && profile.subject == identity.subject();
        match profile.is_some_and(is_same) {
            true => Ok(()),
            false => Err(RefreshError::IdentityMismatch),
        }
    }

    /// The provider with this slug, if it still has this issuer: a token is only sent to the provider that issued it.
    pub(super) fn client_of_issuer(&self, slug: &str, issuer: &str) -> Option<&ProviderClient> {
        self.client(slug).filter(|client| client.provider.metadata.issuer() == issuer)
    }
}

fn rejected_id_token(client: &ProviderClient, error: &IdTokenError) -> RefreshError {
    tracing::warn!(provider = %client.provider.slug, %error, "id_token of a refresh response rejected");
    RefreshError::IdentityMismatch
}

impl RefreshError {
    fn unavailable(cause: impl ToString) -> Self {
        Self::Unavailable { cause: cause.to_string(), retry_after: None }
    }
}

impl From<TokenError> for RefreshError {
    /// Only `invalid_grant` is about the refresh token. Any other error, such as a wrong client secret, must not end
    /// the users' grants.
    fn from(error: TokenError) -> Self {
        match &error {
            TokenError::Refused(TokenErrorCode::InvalidGrant) => Self::Revoked,
            TokenError::Response(ResponseError::Unavailable { retry_after, .. }) => {
                Self::Unavailable { cause: error.to_string(), retry_after: *retry_after }
            }
            _ => Self::unavailable(error),
        }
    }
}

impl From<HttpError> for RefreshError {
    fn from(error: HttpError) -> Self {
        Self::unavailable(error)
    }
}

impl From<KeysError> for RefreshError {
    fn from(error: KeysError) -> Self {
        Self::unavailable(error)
    }
}

impl From<BeginError> for RefreshError {
    fn from(error: BeginError) -> Self {
        Self::unavailable(error)
    }
}

impl From<ClientError> for RefreshError {
    fn from(error: ClientError) -> Self {
        Self::unavailable(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_invalid_grant_means_revoked() {
        let classified = |code| RefreshError::from(TokenError::Refused(code));
        assert!(matches!(classified(TokenErrorCode::InvalidGrant), RefreshError::Revoked));
        for code in [
            TokenErrorCode::InvalidClient,
            TokenErrorCode::InvalidRequest,
            TokenErrorCode::InvalidScope,
            TokenErrorCode::UnauthorizedClient,
            TokenErrorCode::Other("rate_limited".into()),
        ] {
            assert!(
                matches!(classified(code.clone()), RefreshError::Unavailable { retry_after: None, .. }),
                "{code:?}"
            );
        }
        let half_a_minute = Some(Duration::from_secs(30));
        let error = ResponseError::Unavailable { status: 503, retry_after: half_a_minute };
        let RefreshError::Unavailable { retry_after, .. } = TokenError::from(error).into() else {
            panic!("not unavailable")
        };
        assert_eq!(retry_after, half_a_minute);
    }
}
