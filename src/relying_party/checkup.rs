//! A check-up of our clients at the providers, for `latchkey doctor`: asks every endpoint of ours once, past the caches
//! and the breakers, and says what came back. Signs nobody in.

use std::panic;

use super::{
    BeginError, HttpError, KeysError, RelyingParty,
    http::{DatedResponse, ProviderHttp},
};
use crate::{
    oauth::{
        AuthorizationResponse, Client, ExpectedIssuer, ExpectedResponse, HttpRequest, PkceVerifier, ResponseError,
        State, TokenError, TokenErrorCode, TokenResponse, authorization_code_grant, process_token_response,
        validate_authorization_response,
    },
    oidc::{
        EndpointRules, ProviderMetadata, discovery_request, jwks_request, process_discovery_response,
        process_jwks_response,
    },
    providers::{Metadata, Provider},
};

/// What one provider said.
#[derive(Debug)]
pub struct ProviderCheckup {
    /// Its slug.
    pub slug: String,
    /// Its name for people.
    pub label: String,
    /// Its issuer.
    pub issuer: String,
    /// What is to be registered in its console, byte for byte.
    pub redirect_uri: String,
    /// Its endpoints: built in or discovered, or why they cannot be had.
    pub endpoints: Result<EndpointSource, BeginError>,
    /// How many usable keys it publishes; `None` where its endpoints are not known, or it has no id_tokens.
    pub keys: Option<Result<usize, KeysError>>,
    /// What the token endpoint said to a made-up code; `None` where its address is not known.
    pub token_endpoint: Option<TokenEndpointCheckup>,
    /// Seconds that its clock is ahead of ours; `None` when no answer had a `Date`.
    pub clock_skew: Option<i64>,
}

/// Where the endpoints come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndpointSource {
    /// Constants of ours.
    BuiltIn,
    /// The provider's discovery document, which was read a moment ago.
    Discovered,
}

/// What the token endpoint said to a code that nobody gave out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenEndpointCheckup {
    /// It takes none of the ways in which we can authenticate.
    NoClientAuthentication,
    /// Nothing.
    NoAnswer(HttpError),
    /// That it is in trouble; the status.
    Unavailable(u16),
    /// An answer, which tells how our client stands there.
    Answered(ClientCheck),
}

/// How our client stands with a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClientCheck {
    /// Known, the secret is right: only the code was refused.
    Principal,
    /// Not known, or the secret is wrong.
    Unknown,
    /// Known or not, it may not use the code flow.
    NotAllowed,
    /// Known; the redirect URI is not registered.
    RedirectUriNotRegistered,
    /// The answer says neither; what it says, in our words.
    Unclear(String),
    /// It gave tokens for a code that was made up: nobody who gets in through it has proven anything.
    GivesTokensForAnything,
}

impl RelyingParty {
    /// Asks all providers side by side; the answers are in the order of the login page. Takes as long as the slowest
    /// one, half a minute at most.
    pub async fn check_up(&self) -> Vec<ProviderCheckup> {
        let ask = |provider: Provider| {
            let us = self.clone();
            tokio::spawn(async move { us.check_up_one(&provider).await })
        };
        let tasks: Vec<_> = self.providers().cloned().map(ask).collect();
        let mut checkups = Vec::new();
        for task in tasks {
            match task.await.map_err(tokio::task::JoinError::try_into_panic) {
                Ok(checkup) => checkups.push(checkup),
                Err(Ok(cause)) => panic::resume_unwind(cause),
                // Cancelled: the runtime ends, and nobody reads this any more.
                Err(Err(_)) => {}
            }
        }
        checkups
    }

    async fn check_up_one(&self, provider: &Provider) -> ProviderCheckup {
        let probe = Probe { us: self, http: &self.http };
        let (mut keys, mut token_endpoint, mut clock_skew) = (None, None, None);
        let endpoints = match probe.endpoints(provider).await {
            Err(error) => Err(error),
            Ok((origin, metadata, skew)) => {
                let redirect_uri = self.redirect_uri(provider.slug.as_str());
                let (published, answered) =
                    tokio::join!(probe.keys(&metadata), probe.token_endpoint(provider, &metadata, &redirect_uri));
                // No cache answers a POST: the token endpoint's clock is the surest.
                let (published, keys_skew) = published.unzip();
                clock_skew = answered.1.or(skew).or(keys_skew.flatten());
                keys = published;
                token_endpoint = Some(answered.0);
                Ok(origin)
            }
        };
        ProviderCheckup {
            slug: provider.slug.to_string(),
            label: provider.label.clone(),
            issuer: provider.metadata.issuer().to_owned(),
            redirect_uri: self.redirect_uri(provider.slug.as_str()),
            endpoints,
            keys,
            token_endpoint,
            clock_skew,
        }
    }
}

struct Probe<'a> {
    us: &'a RelyingParty,
    http: &'a ProviderHttp,
}

impl Probe<'_> {
    async fn endpoints(
        &self,
        provider: &Provider,
    ) -> Result<(EndpointSource, ProviderMetadata, Option<i64>), BeginError> {
        match &provider.metadata {
            Metadata::Constant(metadata) => Ok((EndpointSource::BuiltIn, ProviderMetadata::clone(metadata), None)),
            Metadata::Discovered { issuer } => {
                let rules = EndpointRules { allow_loopback_http: self.http.on_loopback() };
                let (answer, skew) = self.send(discovery_request(issuer, rules)?).await?;
                Ok((EndpointSource::Discovered, process_discovery_response(&answer.response, issuer, rules)?, skew))
            }
        }
    }

    /// `None` for a provider without id_tokens, which publishes no keys.
    async fn keys(&self, metadata: &ProviderMetadata) -> Option<(Result<usize, KeysError>, Option<i64>)> {
        let jwks_uri = metadata.jwks_uri.as_ref()?;
        Some(match self.send(jwks_request(jwks_uri)).await {
            Err(error) => (Err(error.into()), None),
            Ok((answer, skew)) => {
                (process_jwks_response(&answer.response).map(|keys| keys.len()).map_err(KeysError::from), skew)
            }
        })
    }

    async fn token_endpoint(
        &self,
        provider: &Provider,
        metadata: &ProviderMetadata,
        redirect_uri: &str,
    ) -> (TokenEndpointCheckup, Option<i64>) {
        let now = self.us.clock.now();
        let secret = provider.client_secret.at(&provider.client_id, provider.metadata.issuer(), now).ok();
        let Some(request) =
            secret.and_then(|secret| metadata.client_authentication(Some(secret))).and_then(|authentication| {
                let us = Client { client_id: provider.client_id.clone(), authentication };
                exchange_of_nothing(metadata, &us, redirect_uri, provider.spec.pkce)
            })
        else {
            return (TokenEndpointCheckup::NoClientAuthentication, None);
        };
        match self.send(request).await {
            Err(error) => (TokenEndpointCheckup::NoAnswer(error), None),
            Ok((answer, skew)) => {
                (verdict(process_token_response(&answer.response, provider.spec.token_encoding)), skew)
            }
        }
    }

    async fn send(&self, request: HttpRequest) -> Result<(DatedResponse, Option<i64>), HttpError> {
        let answer = self.http.send_dated(request).await?;
        let skew = answer.date.map(|date| date.saturating_sub(self.us.clock.now()));
        Ok((answer, skew))
    }
}

/// A token request as a sign-in would send it, with a code that nobody gave out. It guards nothing, so that its
/// unguessable values may be guessed.
fn exchange_of_nothing(
    metadata: &ProviderMetadata,
    us: &Client,
    redirect_uri: &str,
    pkce: bool,
) -> Option<HttpRequest> {
    let state = State::from_random([0; 32]);
    let response =
        AuthorizationResponse::new(Some("latchkey-doctor".to_owned()), Some(state.expose().to_owned()), None, None);
    let expected = ExpectedResponse { state: &state, issuer: ExpectedIssuer::Is(""), iss_parameter_supported: false };
    let code = validate_authorization_response(&response, &expected).ok()?;
    let verifier = pkce.then(|| PkceVerifier::from_random([0; 32]));
    Some(authorization_code_grant(&metadata.token_endpoint, us, &code, redirect_uri, verifier.as_ref()))
}

/// RFC 6749 §5.2 has the client authenticated before the code is looked at: `invalid_grant` means that the client is
/// known. GitHub has words of its own ("Troubleshooting OAuth app access token request errors").
fn verdict(outcome: Result<TokenResponse, TokenError>) -> TokenEndpointCheckup {
    let standing = match outcome {
        Ok(_) => ClientCheck::GivesTokensForAnything,
        Err(TokenError::Response(ResponseError::Unavailable { status, .. })) => {
            return TokenEndpointCheckup::Unavailable(status);
        }
        Err(TokenError::Refused(code)) => match code {
            TokenErrorCode::InvalidGrant => ClientCheck::Principal,
            TokenErrorCode::InvalidClient => ClientCheck::Unknown,
            TokenErrorCode::UnauthorizedClient | TokenErrorCode::UnsupportedGrantType => ClientCheck::NotAllowed,
            TokenErrorCode::Other(code) => match code.as_str() {
                "bad_verification_code" => ClientCheck::Principal,
                "incorrect_client_credentials" => ClientCheck::Unknown,
                "redirect_uri_mismatch" => ClientCheck::RedirectUriNotRegistered,
                _ => ClientCheck::Unclear(format!("it refused with {code}")),
            },
            TokenErrorCode::InvalidRequest => ClientCheck::Unclear("it refused with invalid_request".to_owned()),
            TokenErrorCode::InvalidScope => ClientCheck::Unclear("it refused with invalid_scope".to_owned()),
        },
        Err(error) => ClientCheck::Unclear(error.to_string()),
    };
    TokenEndpointCheckup::Answered(standing)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::oauth::HttpResponse;
    use crate::oauth::TokenEncoding;

    fn answer(status: u16, body: &str) -> TokenEndpointCheckup {
        let content_type = Some("application/json".to_owned());
        let response = HttpResponse { status, content_type, body: body.as_bytes().to_vec(), ..HttpResponse::default() };
        verdict(process_token_response(&response, TokenEncoding::Json))
    }

    #[rstest]
    #[case(400, "invalid_grant", ClientCheck::Principal)]
    #[case(401, "invalid_client", ClientCheck::Unknown)]
    #[case(400, "invalid_client", ClientCheck::Unknown)]
    #[case(400, "unauthorized_client", ClientCheck::NotAllowed)]
    #[case(400, "redirect_uri_mismatch", ClientCheck::RedirectUriNotRegistered)]
    #[case(200, "bad_verification_code", ClientCheck::Principal)]
    #[case(200, "incorrect_client_credentials", ClientCheck::Unknown)]
    #[case(400, "invalid_request", ClientCheck::Unclear("it refused with invalid_request".to_owned()))]
    #[case(400, "temporarily_odd", ClientCheck::Unclear("it refused with temporarily_odd".to_owned()))]
    fn a_refusal_tells_how_the_client_stands(#[case] status: u16, #[case] error: &str, #[case] standing: ClientCheck) {
        assert_eq!(answer(status, &format!(r#"{{"error":"{error}"}}"#)), TokenEndpointCheckup::Answered(standing));
    }

    #[test]
    fn trouble_is_no_refusal_and_tokens_are_a_scandal() {
        assert_eq!(answer(503, "{}"), TokenEndpointCheckup::Unavailable(503));
        assert_eq!(answer(429, "{}"), TokenEndpointCheckup::Unavailable(429));
        let tokens = r#"{"access_token":"a","token_type":"Bearer","expires_in":1}"#;
        assert_eq!(answer(200, tokens), TokenEndpointCheckup::Answered(ClientCheck::GivesTokensForAnything));
        assert!(matches!(answer(200, "<html>"), TokenEndpointCheckup::Answered(ClientCheck::Unclear(_))));
    }
}
