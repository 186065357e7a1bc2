//! Errors that only the operator can fix: what the provider says about this application's registration.

use super::{BeginError, ClientError, CompleteError, HttpError};
use crate::{
    oauth::{
        AuthorizationErrorCode, AuthorizationResponseError, ProviderMessage, ResourceError, ResponseError, TokenError,
        TokenErrorCode,
    },
    providers::Provider,
};

/// What is wrong with this application at the provider, or with its configuration here. No user can do anything about it,
/// whichever account they use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Misconfiguration {
    /// The client is unknown, or its secret is wrong or has expired (`invalid_client`).
    Credentials,
    /// The client may not use the authorization code flow, or is suspended (`unauthorized_client`).
    ClientNotAllowed,
    /// A requested scope is unknown or not enabled (`invalid_scope`).
    Scope,
    /// The redirect URI is not registered (`redirect_uri_mismatch`).
    RedirectUri,
    /// The provider does not support `response_type=code`.
    ResponseType,
    /// The provider rejects the request as such (`invalid_request`).
    Request,
    /// The provider supports none of the implemented client authentication methods.
    Authentication,
    /// The provider's API has to be paid for (X, status 402).
    Payment,
    /// The provider's address is neither public nor in a listed private network.
    Address,
}

impl Misconfiguration {
    /// `None` for an error that has other causes. `said`: the provider's own words.
    pub fn of(error: &CompleteError, said: Option<&ProviderMessage>) -> Option<Self> {
        match error {
            CompleteError::Response(AuthorizationResponseError::Provider(code)) => of_authorization(*code, said),
            CompleteError::Token(TokenError::Refused(code)) => of_token(code, said),
            CompleteError::Client(ClientError::NoAuthentication) => Some(Self::Authentication),
            CompleteError::Client(ClientError::Secret(_)) => Some(Self::Credentials),
            CompleteError::Http(HttpError::ForbiddenAddress(_) | HttpError::MetadataAddress(_)) => Some(Self::Address),
            CompleteError::Api(ResourceError::Response(ResponseError::UnexpectedStatus(402))) => Some(Self::Payment),
            CompleteError::Metadata(error) => Self::of_start(error),
            _ => None,
        }
    }

    /// The same for a flow that could not start.
    pub fn of_start(error: &BeginError) -> Option<Self> {
        let is_refused =
            matches!(error, BeginError::Http(HttpError::ForbiddenAddress(_) | HttpError::MetadataAddress(_)));
        is_refused.then_some(Self::Address)
    }

    /// An imperative sentence for the operator, without a full stop. `redirect_uri` is this provider's.
    pub fn next_step(self, provider: &Provider, redirect_uri: &str) -> String {
        let (variables, label) = (provider.variables(), &provider.label);
        match self {
            Self::Credentials => {
                format!("check {variables}_CLIENT_ID and the client's secret: unknown, wrong or expired at {label}")
            }
            Self::ClientNotAllowed => format!(
                "in {label}'s console, check that the client {variables}_CLIENT_ID is active, is a web application, and may use the authorization code flow"
            ),
            Self::Scope => format!("in {label}'s console, enable the scopes that sign-in requests"),
            Self::RedirectUri => {
                format!("register this redirect URI in {label}'s console, byte for byte: {redirect_uri}")
            }
            Self::ResponseType => {
                format!("enable the authorization code flow (response_type=code) for the client at {label}")
            }
            Self::Request => format!(
                "check the registration at {label}, above all {variables}_CLIENT_ID and the redirect URI {redirect_uri}"
            ),
            Self::Authentication => {
                format!("enable client_secret_basic or client_secret_post for the client at {label}")
            }
            Self::Payment => format!("buy credits for the API in {label}'s console"),
            Self::Address if provider.is_self_hosted() => {
                format!(
                    "{label}'s host has no public IP address: add its network to PRIVATE_NETWORKS, or check its name"
                )
            }
            Self::Address => format!("{label}'s host has no public IP address: check its name and this machine's DNS"),
        }
    }
}

fn of_authorization(code: AuthorizationErrorCode, said: Option<&ProviderMessage>) -> Option<Misconfiguration> {
    match code {
        AuthorizationErrorCode::InvalidRequest => Some(Misconfiguration::Request),
        AuthorizationErrorCode::UnauthorizedClient => Some(Misconfiguration::ClientNotAllowed),
        AuthorizationErrorCode::UnsupportedResponseType => Some(Misconfiguration::ResponseType),
        AuthorizationErrorCode::InvalidScope => Some(Misconfiguration::Scope),
        AuthorizationErrorCode::Other => of_other_code(said?.code()),
        _ => None,
    }
}

fn of_token(code: &TokenErrorCode, said: Option<&ProviderMessage>) -> Option<Misconfiguration> {
    match code {
        TokenErrorCode::InvalidClient => Some(Misconfiguration::Credentials),
        TokenErrorCode::UnauthorizedClient | TokenErrorCode::UnsupportedGrantType => {
            Some(Misconfiguration::ClientNotAllowed)
        }
        TokenErrorCode::InvalidScope => Some(Misconfiguration::Scope),
        // LinkedIn and X answer a wrong or expired code with the second.
        TokenErrorCode::InvalidGrant | TokenErrorCode::InvalidRequest => None,
        TokenErrorCode::Other(code) => of_other_code(said.map_or(code.as_str(), ProviderMessage::code)),
    }
}

/// Codes outside RFC 6749, or at the endpoint where it does not define them.
fn of_other_code(code: &str) -> Option<Misconfiguration> {
    Some(match code {
        // The second is GitHub's ("Troubleshooting OAuth app access token request errors"), the others are Facebook's: a
        // wrong secret and an unknown app.
        "invalid_client" | "incorrect_client_credentials" | "OAuthException 1" | "OAuthException 101" => {
            Misconfiguration::Credentials
        }
        // GitHub's and Google's; Facebook's.
        "redirect_uri_mismatch" | "OAuthException 191" => Misconfiguration::RedirectUri,
        // GitHub's, and Google's for a client of another kind or a consent screen for other users.
        "application_suspended" | "org_internal" | "disallowed_useragent" => Misconfiguration::ClientNotAllowed,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::providers::for_tests::provider;

    fn said(code: &str) -> Option<ProviderMessage> {
        ProviderMessage::new(Some(code), None, &[])
    }

    #[rstest]
    #[case("invalid_request", Some(Misconfiguration::Request))]
    #[case("unauthorized_client", Some(Misconfiguration::ClientNotAllowed))]
    #[case("unsupported_response_type", Some(Misconfiguration::ResponseType))]
    #[case("invalid_scope", Some(Misconfiguration::Scope))]
    #[case("redirect_uri_mismatch", Some(Misconfiguration::RedirectUri))]
    #[case("application_suspended", Some(Misconfiguration::ClientNotAllowed))]
    #[case("invalid_client", Some(Misconfiguration::Credentials))]
    #[case("access_denied", None)]
    #[case("login_required", None)]
    #[case("server_error", None)]
    #[case("the_moon_is_full", None)]
    fn authorization_errors_are_the_operators_or_not(#[case] code: &str, #[case] expected: Option<Misconfiguration>) {
        let error =
            CompleteError::Response(AuthorizationResponseError::Provider(AuthorizationErrorCode::classify(code)));
        assert_eq!(Misconfiguration::of(&error, said(code).as_ref()), expected);
    }

    #[rstest]
    #[case("invalid_client", Some(Misconfiguration::Credentials))]
    #[case("incorrect_client_credentials", Some(Misconfiguration::Credentials))]
    #[case("OAuthException 1", Some(Misconfiguration::Credentials))]
    #[case("unauthorized_client", Some(Misconfiguration::ClientNotAllowed))]
    #[case("unsupported_grant_type", Some(Misconfiguration::ClientNotAllowed))]
    #[case("redirect_uri_mismatch", Some(Misconfiguration::RedirectUri))]
    #[case("invalid_grant", None)]
    #[case("invalid_request", None)]
    #[case("bad_verification_code", None)]
    #[case("OAuthException 100", None)]
    fn token_errors_are_the_operators_or_not(#[case] code: &str, #[case] expected: Option<Misconfiguration>) {
        let error = CompleteError::Token(TokenError::Refused(TokenErrorCode::classify(code)));
        assert_eq!(Misconfiguration::of(&error, said(code).as_ref()), expected);
    }

    #[test]
    fn the_next_step_names_the_variable_or_the_redirect_uri() {
        let google = provider("google");
        let next_step = |misconfiguration: Misconfiguration| {
            misconfiguration.next_step(&google, "https://app.example/auth/callback/google")
        };
        assert!(next_step(Misconfiguration::Credentials).contains("GOOGLE_CLIENT_ID"));
        assert!(next_step(Misconfiguration::RedirectUri).ends_with(": https://app.example/auth/callback/google"));
        let address = CompleteError::Http(HttpError::ForbiddenAddress([10, 0, 0, 1].into()));
        assert_eq!(Misconfiguration::of(&address, None), Some(Misconfiguration::Address));
        assert_eq!(Misconfiguration::of(&CompleteError::Http(HttpError::Timeout), None), None);
        let api = |status| CompleteError::Api(ResponseError::UnexpectedStatus(status).into());
        assert_eq!(Misconfiguration::of(&api(402), None), Some(Misconfiguration::Payment));
        assert_eq!(Misconfiguration::of(&api(400), None), None);
    }
}
