//! The requests of a check, and what their responses say about the client.

use super::{
    super::{
        BeginError, HttpError, KeysError, RelyingParty,
        http::{DatedResponse, ProviderHttp, Reach},
    },
    ClientCheck, EndpointSource, TokenEndpointCheckup,
};
use crate::{
    oauth::{
        AuthorizationResponse, Client, ClientAuthentication, ExpectedIssuer, ExpectedResponse, HttpRequest,
        PkceVerifier, ProviderMessage, ResponseError, State, TokenEncoding, TokenError, TokenErrorCode, TokenResponse,
        authorization_code_grant, process_token_response, validate_authorization_response,
    },
    oidc::{
        EndpointRules, ProviderMetadata, discovery_request, jwks_request, process_discovery_response,
        process_jwks_response,
    },
    providers::{Metadata, Provider},
};

/// Sends the requests of one check. Each result comes with the clock skew in seconds.
pub(super) struct ClientChecker<'a> {
    pub(super) relying_party: &'a RelyingParty,
    pub(super) http: &'a ProviderHttp,
    pub(super) reach: Reach,
}

impl ClientChecker<'_> {
    pub(super) async fn endpoints(
        &self,
        provider: &Provider,
    ) -> Result<(EndpointSource, ProviderMetadata, Option<i64>), BeginError> {
        match &provider.metadata {
            Metadata::Constant(metadata) => Ok((EndpointSource::BuiltIn, ProviderMetadata::clone(metadata), None)),
            Metadata::Discovered { issuer } => {
                let rules = EndpointRules { allow_loopback_http: self.http.on_loopback() };
                let (dated, skew) = self.send(discovery_request(issuer, rules)?).await?;
                let algorithms = provider.spec.id_token_algorithms();
                let metadata = process_discovery_response(&dated.response, issuer, algorithms, rules)?;
                Ok((EndpointSource::Discovered, metadata, skew))
            }
        }
    }

    /// The keys of one of our clients. `None` for a provider without id_tokens, which has no keys.
    pub(super) async fn keys(
        &self,
        provider: &Provider,
        metadata: &ProviderMetadata,
        client_id: &str,
    ) -> Option<(Result<usize, KeysError>, Option<i64>)> {
        let jwks_uri = provider.jwks_uri(metadata, client_id)?;
        Some(match self.send(jwks_request(&jwks_uri)).await {
            Err(error) => (Err(error.into()), None),
            Ok((dated, skew)) => {
                (process_jwks_response(&dated.response).map(|keys| keys.len()).map_err(KeysError::from), skew)
            }
        })
    }

    /// With the provider's words, if it answered with an error.
    pub(super) async fn token_endpoint(
        &self,
        provider: &Provider,
        metadata: &ProviderMetadata,
        redirect_uri: &str,
    ) -> (TokenEndpointCheckup, Option<ProviderMessage>, Option<i64>) {
        let client = self.relying_party.oauth_client_of(provider, metadata).ok();
        let control = client.as_ref().and_then(no_client);
        let exchange = |client: Client| dummy_code_exchange(metadata, &client, redirect_uri, provider.spec.pkce);
        let Some(request) = client.and_then(exchange) else {
            return (TokenEndpointCheckup::NoClientAuthentication, None, None);
        };
        let encoding = provider.spec.token_encoding;
        let (check, said, skew) = self.ask(request, encoding).await;
        if check != TokenEndpointCheckup::Answered(ClientCheck::Accepted) {
            return (check, said, skew);
        }
        // The control: a server that looks at the code first says the same of a client that does not exist.
        let Some(control) = control.and_then(exchange) else { return (check, None, skew) };
        match self.ask(control, encoding).await.0 {
            TokenEndpointCheckup::Answered(ClientCheck::Accepted) => {
                (TokenEndpointCheckup::Answered(ClientCheck::SameForUnknown), said, skew)
            }
            _ => (check, None, skew),
        }
    }

    async fn ask(
        &self,
        request: HttpRequest,
        encoding: TokenEncoding,
    ) -> (TokenEndpointCheckup, Option<ProviderMessage>, Option<i64>) {
        let secrets = request.secrets();
        match self.send(request).await {
            Err(error) => (TokenEndpointCheckup::NoAnswer(error), None, None),
            Ok((dated, skew)) => {
                let secrets: Vec<&str> = secrets.iter().map(String::as_str).collect();
                let said = ProviderMessage::of_response(&dated.response, &secrets);
                (classify(process_token_response(&dated.response, encoding)), said, skew)
            }
        }
    }

    async fn send(&self, request: HttpRequest) -> Result<(DatedResponse, Option<i64>), HttpError> {
        let dated = self.http.send_dated(request, self.reach).await?;
        let skew = dated.date.map(|date| date.saturating_sub(self.relying_party.clock.now()));
        Ok((dated, skew))
    }
}

/// The id and secret of a client that no provider has.
const NO_CLIENT: &str = "latchkey-doctor-no-such-client";

/// A client that does not exist, authenticated like `client`. `None` where only the client itself can authenticate.
fn no_client(client: &Client) -> Option<Client> {
    let authentication = match &client.authentication {
        ClientAuthentication::ClientSecretBasic(_) => ClientAuthentication::ClientSecretBasic(NO_CLIENT.into()),
        ClientAuthentication::ClientSecretPost(_) => ClientAuthentication::ClientSecretPost(NO_CLIENT.into()),
        ClientAuthentication::PrivateKeyJwt(_) => return None,
        ClientAuthentication::None => ClientAuthentication::None,
    };
    Some(Client { client_id: NO_CLIENT.to_owned(), authentication })
}

/// A token request like that of a sign-in, with a made-up code. It protects nothing, so its state and verifier may be
/// constant.
fn dummy_code_exchange(
    metadata: &ProviderMetadata,
    client: &Client,
    redirect_uri: &str,
    pkce: bool,
) -> Option<HttpRequest> {
    let state = State::from_random([0; 32]);
    let response =
        AuthorizationResponse::new(Some("latchkey-doctor".to_owned()), Some(state.expose().to_owned()), None, None);
    let expected = ExpectedResponse { state: &state, issuer: ExpectedIssuer::Is(""), iss_parameter_supported: false };
    let code = validate_authorization_response(&response, &expected).ok()?;
    let verifier = pkce.then(|| PkceVerifier::from_random([0; 32]));
    Some(authorization_code_grant(&metadata.token_endpoint, client, &code, redirect_uri, verifier.as_ref()))
}

/// The token endpoint authenticates the client before it checks the code (RFC 6749 §5.2), so `invalid_grant` means that
/// the client is registered. GitHub has its own codes ("Troubleshooting OAuth app access token request errors").
fn classify(outcome: Result<TokenResponse, TokenError>) -> TokenEndpointCheckup {
    let check = match outcome {
        Ok(_) => ClientCheck::AcceptsAnyCode,
        Err(TokenError::Response(ResponseError::Unavailable { status, .. })) => {
            return TokenEndpointCheckup::Unavailable(status);
        }
        Err(TokenError::Refused(code)) => match code {
            TokenErrorCode::InvalidGrant => ClientCheck::Accepted,
            TokenErrorCode::InvalidClient => ClientCheck::Unknown,
            TokenErrorCode::UnauthorizedClient | TokenErrorCode::UnsupportedGrantType => ClientCheck::NotAllowed,
            TokenErrorCode::Other(code) => match code.as_str() {
                "bad_verification_code" => ClientCheck::Accepted,
                "incorrect_client_credentials" => ClientCheck::Unknown,
                "redirect_uri_mismatch" => ClientCheck::RedirectUriNotRegistered,
                _ => ClientCheck::Unclear(format!("error {code}")),
            },
            TokenErrorCode::InvalidRequest => ClientCheck::Unclear("error invalid_request".to_owned()),
            TokenErrorCode::InvalidScope => ClientCheck::Unclear("error invalid_scope".to_owned()),
        },
        Err(error) => ClientCheck::Unclear(error.to_string()),
    };
    TokenEndpointCheckup::Answered(check)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::oauth::HttpResponse;

    fn classified(status: u16, body: &str) -> TokenEndpointCheckup {
        let content_type = Some("application/json".to_owned());
        let response = HttpResponse { status, content_type, body: body.as_bytes().to_vec(), ..HttpResponse::default() };
        classify(process_token_response(&response, TokenEncoding::Json))
    }

    #[rstest]
    #[case(400, "invalid_grant", ClientCheck::Accepted)]
    #[case(401, "invalid_client", ClientCheck::Unknown)]
    #[case(400, "invalid_client", ClientCheck::Unknown)]
    #[case(400, "unauthorized_client", ClientCheck::NotAllowed)]
    #[case(400, "redirect_uri_mismatch", ClientCheck::RedirectUriNotRegistered)]
    #[case(200, "bad_verification_code", ClientCheck::Accepted)]
    #[case(200, "incorrect_client_credentials", ClientCheck::Unknown)]
    #[case(400, "invalid_request", ClientCheck::Unclear("error invalid_request".to_owned()))]
    #[case(400, "temporarily_odd", ClientCheck::Unclear("error temporarily_odd".to_owned()))]
    fn error_code_shows_the_state_of_the_client(#[case] status: u16, #[case] error: &str, #[case] check: ClientCheck) {
        assert_eq!(classified(status, &format!(r#"{{"error":"{error}"}}"#)), TokenEndpointCheckup::Answered(check));
    }

    #[test]
    fn unavailability_and_issued_tokens_are_distinguished() {
        assert_eq!(classified(503, "{}"), TokenEndpointCheckup::Unavailable(503));
        assert_eq!(classified(429, "{}"), TokenEndpointCheckup::Unavailable(429));
        let tokens = r#"{"access_token":"a","token_type":"Bearer","expires_in":1}"#;
        assert_eq!(classified(200, tokens), TokenEndpointCheckup::Answered(ClientCheck::AcceptsAnyCode));
        assert!(matches!(classified(200, "<html>"), TokenEndpointCheckup::Answered(ClientCheck::Unclear(_))));
    }
}
