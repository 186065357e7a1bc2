//! RFC 6749 (authorization code and refresh grants), RFC 7636 (PKCE), RFC 7009 (revocation), RFC 9207
//! (`iss` in the response), as hardened by RFC 9700.
//!
//! Every step over the network is a pair of functions: one builds the request, one processes the response. This room
//! opens no socket, reads no clock and draws no random numbers. A checked value has its own type
//! (`AuthorizationCode`, `TokenResponse`) that nothing else can construct.
//!
//! Reading order: `State`, `PkceVerifier`, `AuthorizationRequest`, `validate_authorization_response`,
//! `Client`, `authorization_code_grant`, `process_token_response`, `resource_request`, `revocation_request`.

mod authorization_error;
mod authorization_request;
mod authorization_response;
mod client_authentication;
mod http_request;
mod http_response;
mod json_defects;
mod json_document;
mod json_reader;
mod pkce;
mod protected_resource;
mod provider_message;
mod random_values;
mod response_parameters;
mod revocation;
mod scopes;
mod token_error;
mod token_request;
mod token_response;

#[cfg(test)]
mod tests;
#[cfg(test)]
pub(crate) mod variants_for_tests;

pub use authorization_error::{AuthorizationErrorCode, AuthorizationResponseError};
pub use authorization_request::AuthorizationRequest;
pub use authorization_response::{
    AuthorizationCode, ExpectedIssuer, ExpectedResponse, validate_authorization_response,
};
pub(crate) use client_authentication::is_unchanged_by_form_encoding;
pub use client_authentication::{Client, ClientAuthentication};
pub use http_request::{HttpRequest, Method};
pub use http_response::{HttpResponse, MAX_BODY_BYTES, ResponseError};
pub use json_document::{DocumentError, JsonDocument, parse_json, parse_received_json};
pub use pkce::PkceChallenge;
pub use protected_resource::{ResourceError, process_resource_response, resource_request};
pub use provider_message::ProviderMessage;
pub use random_values::{Nonce, PkceVerifier, State};
pub use response_parameters::AuthorizationResponse;
pub use revocation::{RevocationError, TokenTypeHint, process_revocation_response, revocation_request};
pub use scopes::Scopes;
pub use token_error::{TokenError, TokenErrorCode};
pub use token_request::{authorization_code_grant, refresh_token_grant};
pub use token_response::{TokenEncoding, TokenResponse, process_token_response};

/// Any error of this room, for callers that treat its steps alike.
#[derive(Debug, thiserror::Error)]
pub enum OAuthError {
    /// The authorization response was rejected.
    #[error(transparent)]
    AuthorizationResponse(#[from] AuthorizationResponseError),
    /// The token endpoint returned an error, or its response was rejected.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// The protected resource did not return a document.
    #[error(transparent)]
    Resource(#[from] ResourceError),
    /// The revocation endpoint did not confirm the revocation.
    #[error(transparent)]
    Revocation(#[from] RevocationError),
}
