//! The rest of a flow: from the authorization response to a verified profile.

use std::{sync::Arc, time::Duration};

use super::{
    BeginError, FlowEvent, HttpError, Journal, PendingFlow, RelyingParty,
    begin::scopes,
    client::ClientError,
    provider_client::{KeysError, Part, ProviderClient},
    response_issuer::can_be_its_name,
};
use crate::{
    oauth::{
        AuthorizationCode, AuthorizationResponse, AuthorizationResponseError, ExpectedIssuer, ExpectedResponse,
        ResourceError, Scopes, TokenError, TokenResponse, authorization_code_grant, process_token_response,
        validate_authorization_response,
    },
    oidc::{IdTokenError, ProviderMetadata, UserinfoError},
    providers::{IdentitySource, Profile, Provider, ResponseIssuer},
};

/// For all calls of one flow together: the person is waiting, and whoever cut the request off later would leave them
/// with a code that is spent.
const DEADLINE: Duration = Duration::from_secs(25);

/// What a flow brought.
#[derive(Debug)]
pub struct Completed {
    /// Who the person is, in the provider's words, verified where they come from.
    pub profile: Profile,
    /// The tokens, for those who call the provider's API.
    pub tokens: TokenResponse,
    /// What they are good for: the provider's word where it gave one.
    pub granted: Scopes,
}

/// Why a flow ended without a profile.
#[derive(Debug, thiserror::Error)]
pub enum CompleteError {
    /// The provider was switched off, or points elsewhere, since the flow began.
    #[error("the provider is not configured as it was when the flow began")]
    ProviderChanged,
    /// The authorization response is not the flow's, or is an error.
    #[error(transparent)]
    Response(#[from] AuthorizationResponseError),
    /// The provider's endpoints cannot be had.
    #[error("the provider's metadata: {0}")]
    Metadata(Box<BeginError>),
    /// The circuit breaker is open.
    #[error("the provider has not answered lately")]
    BreakerOpen,
    /// We cannot show the provider that we are our client.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// No answer from the token endpoint, or from the API that says who it is.
    #[error(transparent)]
    Http(#[from] HttpError),
    /// The token endpoint refused, or answered nonsense.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// The keys cannot be had.
    #[error("the provider's keys: {0}")]
    Keys(#[from] KeysError),
    /// The id_token was refused.
    #[error(transparent)]
    IdToken(#[from] IdTokenError),
    /// Userinfo speaks of somebody else.
    #[error(transparent)]
    Userinfo(#[from] UserinfoError),
    /// The API does not say who it is.
    #[error(transparent)]
    Api(#[from] ResourceError),
    /// The provider's documents name nobody.
    #[error("the provider's documents name nobody")]
    NoProfile,
    /// The configuration admits other accounts only.
    #[error("the account is of a domain that is not admitted")]
    NotAdmitted,
}

/// A flow whose code has been exchanged.
pub(super) struct Exchanged<'a> {
    pub(super) client: &'a ProviderClient,
    pub(super) metadata: Arc<ProviderMetadata>,
    pub(super) flow: &'a PendingFlow,
    pub(super) code: AuthorizationCode,
    pub(super) tokens: TokenResponse,
}

impl RelyingParty {
    /// Takes the response that came back on the provider's redirect URI to a verified profile. Nothing is sent to
    /// the provider after the first check that fails; the code is sent once, whatever happens.
    /// `unverified_name` came beside the response, unsigned.
    ///
    /// # Errors
    /// The first check that fails, or the provider's silence.
    pub async fn complete(
        &self,
        flow: &PendingFlow,
        response: &AuthorizationResponse,
        unverified_name: Option<&str>,
        journal: &mut Journal,
    ) -> Result<Completed, CompleteError> {
        let steps = self.complete_step_by_step(flow, response, unverified_name, journal);
        tokio::time::timeout(DEADLINE, steps).await.unwrap_or(Err(CompleteError::Http(HttpError::Timeout)))
    }

    async fn complete_step_by_step(
        &self,
        flow: &PendingFlow,
        response: &AuthorizationResponse,
        unverified_name: Option<&str>,
        journal: &mut Journal,
    ) -> Result<Completed, CompleteError> {
        let client = self
            .client(&flow.provider)
            .filter(|client| client.provider.metadata.issuer() == flow.issuer)
            .ok_or(CompleteError::ProviderChanged)?;
        let metadata = client.metadata(&self.http, self.clock.now()).await?;
        let code = self.take_code(flow, client, &metadata, response)?;
        journal.record(FlowEvent::ResponseValidated);
        let tokens = self.exchange(client, &metadata, flow, &code).await?;
        journal.record(FlowEvent::TokensReceived { refresh_token: tokens.refresh_token().is_some() });
        let exchanged = Exchanged { client, metadata, flow, code, tokens };
        let profile = match &client.provider.spec.identity {
            IdentitySource::IdToken(spec) => self.ask_id_token(&exchanged, spec, unverified_name, journal).await?,
            IdentitySource::Api(spec) => self.ask_api(&exchanged, spec, journal).await?,
        };
        let granted = exchanged.tokens.granted_scopes(&scopes(&client.provider, flow.access));
        Ok(Completed { profile, tokens: exchanged.tokens, granted })
    }

    fn take_code(
        &self,
        flow: &PendingFlow,
        client: &ProviderClient,
        metadata: &ProviderMetadata,
        response: &AuthorizationResponse,
    ) -> Result<AuthorizationCode, AuthorizationResponseError> {
        let Provider { slug, spec, .. } = &client.provider;
        let others = self.providers().filter(|other| other.slug != *slug).map(|other| other.metadata.issuer());
        let others: Vec<&str> = others.collect();
        let fits = |iss: &str| can_be_its_name(iss, spec.own_domains, &metadata.authorization_endpoint, &others);
        let (issuer, announced) = match spec.response_issuer {
            ResponseIssuer::Metadata => {
                (ExpectedIssuer::Is(&metadata.issuer), metadata.authorization_response_iss_parameter_supported)
            }
            ResponseIssuer::OwnDomain => (ExpectedIssuer::Fits(&fits), false),
        };
        let expected = ExpectedResponse { state: &flow.state, issuer, iss_parameter_supported: announced };
        validate_authorization_response(response, &expected)
    }

    async fn exchange(
        &self,
        client: &ProviderClient,
        metadata: &ProviderMetadata,
        flow: &PendingFlow,
        code: &AuthorizationCode,
    ) -> Result<TokenResponse, CompleteError> {
        if !client.may_ask(Part::Tokens, self.clock.now()) {
            return Err(CompleteError::BreakerOpen);
        }
        let us = self.us_at(client, metadata)?;
        let redirect_uri = self.redirect_uri(&flow.provider);
        let verifier = client.provider.spec.pkce.then_some(&flow.code_verifier);
        let request = authorization_code_grant(&metadata.token_endpoint, &us, code, &redirect_uri, verifier);
        let response = client.send(&self.http, Part::Tokens, request, self.clock.now()).await?;
        Ok(process_token_response(&response, client.provider.spec.token_encoding)?)
    }
}
