//! Provider metadata: OpenID Connect Discovery §3, RFC 8414 §2.

use secrecy::SecretString;
use url::Url;

use crate::oauth::ClientAuthentication;
use crate::oidc::Algorithm;

/// A provider's metadata, from [`super::process_discovery_response`] or from constants in `providers`. All of it comes
/// from one source; mixing two could send one provider's client secret to another (threat AR10).
#[derive(Clone, Debug)]
pub struct ProviderMetadata {
    /// `issuer`, byte for byte as in the id_token's `iss`.
    pub issuer: String,
    /// `authorization_endpoint`.
    pub authorization_endpoint: Url,
    /// `token_endpoint`.
    pub token_endpoint: Url,
    /// `jwks_uri`. Required in Discovery; absent for a provider without id_tokens (RFC 8414 §2).
    pub jwks_uri: Option<Url>,
    /// `userinfo_endpoint`.
    pub userinfo_endpoint: Option<Url>,
    /// `revocation_endpoint` (RFC 8414).
    pub revocation_endpoint: Option<Url>,
    /// `end_session_endpoint` (RP-Initiated Logout).
    pub end_session_endpoint: Option<Url>,
    /// `token_endpoint_auth_methods_supported`; `client_secret_basic` if omitted.
    pub token_endpoint_auth_methods_supported: Vec<String>,
    /// `token_endpoint_auth_signing_alg_values_supported`, for `private_key_jwt`; empty if omitted.
    pub token_endpoint_auth_signing_alg_values_supported: Vec<String>,
    /// `authorization_response_iss_parameter_supported` (RFC 9207 §3).
    pub authorization_response_iss_parameter_supported: bool,
    /// `id_token_signing_alg_values_supported`, without those that a sign-in refuses; RS256 if omitted.
    pub id_token_signing_alg_values_supported: Vec<Algorithm>,
    /// `code_challenge_methods_supported`; empty if omitted.
    pub code_challenge_methods_supported: Vec<String>,
}

impl ProviderMetadata {
    /// The client authentication for `secret`: `client_secret_basic` if offered, else `client_secret_post`; `None` if
    /// the provider offers neither. Without a secret, a public client.
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
