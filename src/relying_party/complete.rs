//! The completion of a flow: from the authorization response to a verified profile.

use std::{sync::Arc, time::Duration};

use super::{
    BeginError, FlowEvent, HttpError, Journal, PendingFlow, RelyingParty,
    begin::requested_scopes,
    client::ClientError,
    provider_client::{KeysError, Part, ProviderClient},
    response_issuer::is_plausible_issuer,
};
use crate::{
    inspect::{self, Check, CheckResult, Parameter, Redactor, Step, Value},
    oauth::{
        AuthorizationCode, AuthorizationResponse, AuthorizationResponseError, ExpectedIssuer, ExpectedResponse,
        ProviderMessage, ResourceError, Scopes, TokenError, TokenResponse, authorization_code_grant,
        process_token_response, validate_authorization_response,
    },
    oidc::{IdTokenError, ProviderMetadata, UserinfoError},
    providers::{IdentitySource, Profile, Provider, ResponseIssuer},
};

/// Limit for all requests of one flow together, below the time-out of the HTTP request that waits for it.
const DEADLINE: Duration = Duration::from_secs(25);

/// The result of a flow.
#[derive(Debug)]
pub struct Completed {
    /// The profile, from verified sources.
    pub profile: Profile,
    /// The tokens, for the provider's API.
    pub tokens: TokenResponse,
    /// The granted scopes: those of the token response, else those requested.
    pub granted: Scopes,
}

/// Why a flow failed.
#[derive(Debug, thiserror::Error)]
pub enum CompleteError {
    /// Since the flow began, the provider was disabled or its issuer changed.
    #[error("provider disabled or changed since the flow began")]
    ProviderChanged,
    /// The authorization response was rejected, or is an error response.
    #[error(transparent)]
    Response(#[from] AuthorizationResponseError),
    /// The provider's metadata is not available.
    #[error(transparent)]
    Metadata(Box<BeginError>),
    /// The provider's circuit breaker is open.
    #[error("circuit breaker open")]
    BreakerOpen,
    /// The client cannot authenticate at the provider.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// No response from the token endpoint or the profile API.
    #[error(transparent)]
    Http(#[from] HttpError),
    /// The token endpoint returned an error, or its response was rejected.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// The provider's JWK set is not available.
    #[error("JWK set: {0}")]
    Keys(#[from] KeysError),
    /// The id_token was rejected.
    #[error(transparent)]
    IdToken(#[from] IdTokenError),
    /// The userinfo response is about another subject.
    #[error(transparent)]
    Userinfo(#[from] UserinfoError),
    /// The provider's API returned no profile document.
    #[error(transparent)]
    Api(#[from] ResourceError),
    /// The provider's documents contain no usable user id.
    #[error("no user id in the provider's documents")]
    NoProfile,
    /// The account is outside the domain that the configuration admits.
    #[error("account outside the admitted domain")]
    NotAdmitted,
}

/// A flow after the code exchange.
pub(super) struct Exchanged<'a> {
    pub(super) client: &'a ProviderClient,
    pub(super) metadata: Arc<ProviderMetadata>,
    pub(super) flow: &'a PendingFlow,
    pub(super) code: AuthorizationCode,
    pub(super) tokens: TokenResponse,
}

impl RelyingParty {
    /// Completes a flow with the authorization response that arrived at the provider's redirect URI. After the first
    /// failed check nothing more is sent to the provider; the code is sent at most once. `unverified_name`: the name
    /// that Apple sends unsigned beside the first response. Ends within 25 seconds.
    ///
    /// # Errors
    /// The first failed step.
    pub async fn complete(
        &self,
        flow: &PendingFlow,
        response: &AuthorizationResponse,
        unverified_name: Option<&str>,
        journal: &mut Journal,
    ) -> Result<Completed, CompleteError> {
        let steps = self.complete_steps(flow, response, unverified_name, journal);
        tokio::time::timeout(DEADLINE, steps).await.unwrap_or(Err(CompleteError::Http(HttpError::Timeout)))
    }

    async fn complete_steps(
        &self,
        flow: &PendingFlow,
        response: &AuthorizationResponse,
        unverified_name: Option<&str>,
        journal: &mut Journal,
    ) -> Result<Completed, CompleteError> {
        let client = self
            .client(&flow.provider)
            .filter(|client| client.provider.metadata.issuer() == flow.issuer)
            .ok_or(CompleteError::ProviderChanged)
            .inspect_err(|_| record_provider_changed(&flow.issuer))?;
        let metadata = client.metadata(&self.http, self.clock.now()).await?;
        let validated = self.validate_response(flow, client, &metadata, response);
        let code = validated.inspect_err(|error| {
            // Before `state` and `iss` are verified, anyone may have written these words.
            if matches!(error, AuthorizationResponseError::Provider(_)) {
                journal.provider_said(response.provider_message());
            }
        })?;
        journal.record(FlowEvent::ResponseValidated);
        let tokens = self.exchange(client, &metadata, flow, &code, journal).await?;
        journal.record(FlowEvent::TokensReceived { refresh_token: tokens.refresh_token().is_some() });
        let exchanged = Exchanged { client, metadata, flow, code, tokens };
        let profile = match &client.provider.spec.identity {
            IdentitySource::IdToken(spec) => self.id_token_profile(&exchanged, spec, unverified_name, journal).await?,
            IdentitySource::Api(spec) => self.api_profile(&exchanged, spec, journal).await?,
        };
        inspect::record(|redactor| profile_step(&client.provider, &profile, redactor));
        let granted = exchanged.tokens.granted_scopes(&requested_scopes(&client.provider, flow.access));
        Ok(Completed { profile, tokens: exchanged.tokens, granted })
    }

    fn validate_response(
        &self,
        flow: &PendingFlow,
        client: &ProviderClient,
        metadata: &ProviderMetadata,
        response: &AuthorizationResponse,
    ) -> Result<AuthorizationCode, AuthorizationResponseError> {
        let Provider { slug, spec, .. } = &client.provider;
        let others = self.providers().filter(|other| other.slug != *slug).map(|other| other.metadata.issuer());
        let others: Vec<&str> = others.collect();
        let fits = |iss: &str| is_plausible_issuer(iss, spec.own_domains, &metadata.authorization_endpoint, &others);
        let (issuer, announced) = match spec.response_issuer {
            ResponseIssuer::Metadata => {
                (ExpectedIssuer::Is(&metadata.issuer), metadata.authorization_response_iss_parameter_supported)
            }
            ResponseIssuer::OwnDomain => (ExpectedIssuer::Fits(&fits), false),
        };
        let expected = ExpectedResponse { state: &flow.state, issuer, iss_parameter_supported: announced };
        let outcome = validate_authorization_response(response, &expected);
        inspect::record(|redactor| inspect::response_checks(response, &expected, &outcome, redactor));
        outcome
    }

    async fn exchange(
        &self,
        client: &ProviderClient,
        metadata: &ProviderMetadata,
        flow: &PendingFlow,
        code: &AuthorizationCode,
        journal: &mut Journal,
    ) -> Result<TokenResponse, CompleteError> {
        if !client.try_acquire(Part::Tokens, self.clock.now()) {
            return Err(CompleteError::BreakerOpen);
        }
        let oauth_client = self.oauth_client(client, metadata)?;
        let redirect_uri = self.redirect_uri(&flow.provider);
        let verifier = client.provider.spec.pkce.then_some(&flow.code_verifier);
        let request = authorization_code_grant(&metadata.token_endpoint, &oauth_client, code, &redirect_uri, verifier);
        let secrets = request.secrets();
        let response = client.send(&self.http, Part::Tokens, request, self.clock.now()).await;
        let response = response.inspect_err(|error| inspect::record(|_| no_answer(error)))?;
        let outcome = process_token_response(&response, client.provider.spec.token_encoding);
        inspect::record(|_| token_check(&outcome));
        Ok(outcome.inspect_err(|_| {
            let secrets: Vec<&str> = secrets.iter().map(String::as_str).collect();
            journal.provider_said(ProviderMessage::of_response(&response, &secrets));
        })?)
    }
}

fn record_provider_changed(issuer: &str) {
    inspect::record(|_| {
        let (expected, actual) = (Value::configured(issuer), Value::fact("disabled, or another issuer"));
        Step::check(CheckResult::of(Check::ProviderUnchanged, expected, actual, false))
    });
}

fn no_answer(error: &HttpError) -> Step {
    let (expected, actual) = (Value::fact("an answer within ten seconds"), Value::of_log(&error.to_string()));
    Step::check(CheckResult::of(Check::Answer, expected, actual, false))
}

fn token_check(outcome: &Result<TokenResponse, TokenError>) -> Step {
    let actual = match outcome {
        Ok(_) => Value::fact("a bearer token"),
        Err(error) => Value::of_log(&error.to_string()),
    };
    Step::check(CheckResult::of(Check::TokenResponse, Value::fact("a bearer token, no error"), actual, outcome.is_ok()))
}

/// The profile, by the names of its members.
pub(super) fn profile_step(provider: &Provider, profile: &Profile, redactor: &Redactor) -> Step {
    let personal = |name, text: &str| Parameter::new(name, redactor.personal(text));
    let mut parameters = vec![
        Parameter::new("provider", Value::configured(&provider.label)),
        Parameter::new("issuer", Value::configured(&profile.issuer)),
        personal("subject", &profile.subject),
    ];
    if let Some(email) = &profile.email {
        let yes_or_no = |yes| Value::fact(if yes { "yes" } else { "no" });
        parameters.push(personal("email", &email.unverified_email));
        parameters.push(Parameter::new("verified by the provider", yes_or_no(email.verified_by_provider)));
        parameters.push(Parameter::new("provider runs the mailbox", yes_or_no(email.provider_is_authoritative)));
    }
    parameters.extend(profile.name.as_deref().map(|name| personal("name", name)));
    parameters.extend(profile.picture.as_deref().map(|picture| personal("picture", picture)));
    Step::Profile { parameters }
}
