//! Provider metadata: OpenID Connect Discovery §3, RFC 8414 §2.

use secrecy::{ExposeSecret, SecretString};
use url::Url;

use crate::oauth::{ClientAuthentication, is_unchanged_by_form_encoding};
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
    /// The client authentication with a secret: `client_secret_basic` if offered, else `client_secret_post`; `None` if the
    /// provider offers neither. Where both are offered and form-encoding would change the secret or the id, the body: it has
    /// one encoding.
    pub fn secret_authentication(&self, client_id: &str, secret: SecretString) -> Option<ClientAuthentication> {
        let offers = |method: &str| self.token_endpoint_auth_methods_supported.iter().any(|offered| offered == method);
        let is_plain = [client_id, secret.expose_secret()].into_iter().all(is_unchanged_by_form_encoding);
        match (offers("client_secret_basic"), offers("client_secret_post")) {
            (true, true) if !is_plain => Some(ClientAuthentication::ClientSecretPost(secret)),
            (true, _) => Some(ClientAuthentication::ClientSecretBasic(secret)),
            (false, true) => Some(ClientAuthentication::ClientSecretPost(secret)),
            (false, false) => None,
        }
    }
}
