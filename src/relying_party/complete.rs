//! The rest of a flow: from the authorization response to a verified profile.

use std::time::Duration;

use secrecy::ExposeSecret;

use super::{
    BeginError, FlowEvent, HttpError, Journal, PendingFlow, RelyingParty,
    provider_client::{KeysError, Part, ProviderClient},
};
use crate::{
    oauth::{
        AuthorizationCode, AuthorizationResponse, AuthorizationResponseError, Client, ExpectedResponse, TokenEncoding,
        TokenError, TokenResponse, authorization_code_grant, process_token_response, validate_authorization_response,
    },
    oidc::{
        Claims, ExpectedIdToken, IdTokenError, NonceRule, ProviderMetadata, Userinfo, UserinfoError, Verdict,
        process_userinfo_response, userinfo_request, verify_id_token,
    },
    providers::{Facts, Profile, Provider},
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
    /// The provider takes none of the ways in which we can authenticate.
    #[error("the provider offers no client authentication that we know")]
    NoClientAuthentication,
    /// No answer from the token or userinfo endpoint.
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
}

impl RelyingParty {
    /// Takes the response that came back on the provider's redirect URI to a verified profile. Nothing is sent to
    /// the provider after the first check that fails; the code is sent once, whatever happens.
    ///
    /// # Errors
    /// The first check that fails, or the provider's silence.
    pub async fn complete(
        &self,
        flow: &PendingFlow,
        response: &AuthorizationResponse,
        journal: &mut Journal,
    ) -> Result<Completed, CompleteError> {
        let steps = self.complete_step_by_step(flow, response, journal);
        tokio::time::timeout(DEADLINE, steps).await.unwrap_or(Err(CompleteError::Http(HttpError::Timeout)))
    }

    async fn complete_step_by_step(
        &self,
        flow: &PendingFlow,
        response: &AuthorizationResponse,
        journal: &mut Journal,
    ) -> Result<Completed, CompleteError> {
        let client = self
            .client(&flow.provider)
            .filter(|client| client.provider.metadata.issuer() == flow.issuer)
            .ok_or(CompleteError::ProviderChanged)?;
        let metadata = client.metadata(&self.http, self.clock.now()).await?;
        let code = validate_authorization_response(
            response,
            &ExpectedResponse {
                state: &flow.state,
                issuer: Some(&metadata.issuer),
                iss_parameter_supported: metadata.authorization_response_iss_parameter_supported,
            },
        )?;
        journal.record(FlowEvent::ResponseValidated);
        let tokens = self.exchange(client, &metadata, flow, &code).await?;
        journal.record(FlowEvent::TokensReceived { refresh_token: tokens.refresh_token().is_some() });
        let claims = self.verify(client, &metadata, flow, &code, &tokens, journal).await?;
        let userinfo = self.userinfo(client, &metadata, &claims, &tokens, journal).await?;
        let facts = Facts { claims: &claims, userinfo: userinfo.as_ref() };
        let profile = (client.provider.manners.profile)(&client.provider, &facts);
        Ok(Completed { profile, tokens })
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
        let authentication = metadata
            .client_authentication(Some(client.provider.client_secret.clone()))
            .ok_or(CompleteError::NoClientAuthentication)?;
        let us = Client { client_id: client.provider.client_id.clone(), authentication };
        let redirect_uri = self.redirect_uri(&flow.provider);
        let request = authorization_code_grant(&metadata.token_endpoint, &us, code, &redirect_uri, &flow.code_verifier);
        let response = client.send(&self.http, Part::Tokens, request, self.clock.now()).await?;
        Ok(process_token_response(&response, TokenEncoding::Json)?)
    }

    /// Verifies the id_token; when it names a key that we lack, the provider may just have rotated its keys, and they
    /// are fetched once more.
    async fn verify(
        &self,
        client: &ProviderClient,
        metadata: &ProviderMetadata,
        flow: &PendingFlow,
        code: &AuthorizationCode,
        tokens: &TokenResponse,
        journal: &mut Journal,
    ) -> Result<Claims, CompleteError> {
        let id_token = tokens.require_id_token()?.expose_secret();
        let now = self.clock.now();
        let keys = client.keys(&self.http, metadata, now).await?;
        let issuers = (client.provider.manners.token_issuers)(&metadata.issuer);
        let issuers: Vec<&str> = issuers.iter().map(String::as_str).collect();
        let expected = ExpectedIdToken {
            issuers: &issuers,
            client_id: &client.provider.client_id,
            nonce: NonceRule::Equals(&flow.nonce),
            algorithms: client.provider.manners.algorithms,
            access_token: Some(tokens.access_token()),
            code: Some(code),
            max_age: None,
            acr_values: &[],
            now: u64::try_from(now).unwrap_or_default(),
        };
        let mut outcome = verify_id_token(id_token, &keys, &expected);
        if outcome.as_ref().is_err_and(IdTokenError::is_unknown_kid)
            && let Some(newer) = client.newer_keys(&self.http, metadata, &keys, now).await
        {
            journal.record(FlowEvent::KeysRefetched);
            outcome = verify_id_token(id_token, &newer, &expected);
        }
        let verdicts = match &outcome {
            Ok(claims) => claims.verdicts(),
            Err(error) => error.verdicts(),
        };
        for verdict in verdicts {
            journal.record(FlowEvent::ClaimChecked {
                check: verdict.check.name(),
                passed: verdict.verdict != Verdict::Refused,
            });
        }
        Ok(outcome?)
    }

    /// Asks userinfo where this provider's id_token leaves something out. No answer is no harm: the id_token has
    /// proven who it is. An answer about somebody else is.
    async fn userinfo(
        &self,
        client: &ProviderClient,
        metadata: &ProviderMetadata,
        claims: &Claims,
        tokens: &TokenResponse,
        journal: &mut Journal,
    ) -> Result<Option<Userinfo>, CompleteError> {
        let Some(endpoint) = metadata.userinfo_endpoint.as_ref().filter(|_| is_incomplete(&client.provider, claims))
        else {
            return Ok(None);
        };
        if !client.may_ask(Part::Userinfo, self.clock.now()) {
            journal.record(FlowEvent::UserinfoReceived { usable: false });
            return Ok(None);
        }
        let request = userinfo_request(endpoint, tokens.access_token());
        let outcome = match client.send(&self.http, Part::Userinfo, request, self.clock.now()).await {
            Ok(response) => process_userinfo_response(&response, claims.subject()),
            Err(_) => {
                journal.record(FlowEvent::UserinfoReceived { usable: false });
                return Ok(None);
            }
        };
        journal.record(FlowEvent::UserinfoReceived { usable: outcome.is_ok() });
        match outcome {
            Err(error @ UserinfoError::SubjectMismatch) => Err(error.into()),
            outcome => Ok(outcome.ok()),
        }
    }
}

fn is_incomplete(provider: &Provider, claims: &Claims) -> bool {
    provider.manners.userinfo_completes && (claims.text("email").is_none() || claims.text("name").is_none())
}
