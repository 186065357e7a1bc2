//! What the flow needs to know of a provider: OpenID Connect Discovery §3, RFC 8414 §2.

use secrecy::SecretString;
use url::Url;

use crate::oauth::ClientAuthentication;
use crate::oidc::Algorithm;

/// What a provider says of itself: from [`super::process_discovery_response`], or from a provider's page of facts.
/// All of it comes from one document; never mix two (threat AR10: a client secret for H sent to E).
#[derive(Clone, Debug)]
pub struct ProviderMetadata {
    /// `issuer`, byte for byte as the id_token's `iss` will be.
    pub issuer: String,
    /// `authorization_endpoint`.
    pub authorization_endpoint: Url,
    /// `token_endpoint`.
    pub token_endpoint: Url,
    /// `jwks_uri`. Discovery always has it; a provider without id_tokens has no keys (RFC 8414 §2).
    pub jwks_uri: Option<Url>,
    /// `userinfo_endpoint`.
    pub userinfo_endpoint: Option<Url>,
    /// `revocation_endpoint` (RFC 8414).
    pub revocation_endpoint: Option<Url>,
    /// `end_session_endpoint` (RP-Initiated Logout).
    pub end_session_endpoint: Option<Url>,
    /// `token_endpoint_auth_methods_supported`; `client_secret_basic` where the document is silent.
    pub token_endpoint_auth_methods_supported: Vec<String>,
    /// `authorization_response_iss_parameter_supported` (RFC 9207 §3).
    pub authorization_response_iss_parameter_supported: bool,
    /// `id_token_signing_alg_values_supported`, as far as we accept them; RS256 where the document is silent.
    pub id_token_signing_alg_values_supported: Vec<Algorithm>,
    /// `code_challenge_methods_supported`; empty where the document is silent.
    pub code_challenge_methods_supported: Vec<String>,
}

impl ProviderMetadata {
    /// How to authenticate with `secret` at the token endpoint: Basic where offered, then the body; without a
    /// secret as a public client. `None` when the provider offers neither.
    pub fn client_authentication(&self, secret: Option<SecretString>) -> Option<ClientAuthentication> {
        let offers = |method: &str| self.token_endpoint_auth_methods_supported.iter().any(|offered| offered == method);
        match secret {
            None => Some(ClientAuthentication::None),
            Some(secret) if offers("client_secret_basic") => Some(ClientAuthentication::ClientSecretBasic(secret)),
            Some(secret) if offers("client_secret_post") => Some(ClientAuthentication::ClientSecretPost(secret)),
            Some(_) => None,
        }
    }
}
