//! Client authentication at the token endpoint: RFC 6749 §2.3.1, RFC 7523 §2.2.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret, SecretString};
use url::form_urlencoded;

/// The client's registration at a provider.
#[derive(Clone, Debug)]
pub struct Client {
    /// `client_id`. Public.
    pub client_id: String,
    /// How the client authenticates.
    pub authentication: ClientAuthentication,
}

/// `token_endpoint_auth_method`. One per request: RFC 6749 §2.3 forbids two, and providers reject them.
#[derive(Clone, Debug)]
pub enum ClientAuthentication {
    /// `client_secret_basic`: the secret in the `Authorization` header.
    ClientSecretBasic(SecretString),
    /// `client_secret_post`: the secret in the body. Also for Apple, whose secret is a short-lived JWT.
    ClientSecretPost(SecretString),
    /// `private_key_jwt`: an assertion for one request, signed with the client's key (OpenID Connect Core §9).
    PrivateKeyJwt(SecretString),
    /// `none`: a public client, protected by PKCE alone.
    None,
}

/// `client_assertion_type` of a JWT (RFC 7523 §2.2).
const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

impl Client {
    /// The value of `Authorization`, for `client_secret_basic`.
    pub(super) fn authorization_header(&self) -> Option<SecretString> {
        let ClientAuthentication::ClientSecretBasic(secret) = &self.authentication else {
            return None;
        };
        // RFC 6749 §2.3.1: both are form-encoded first; otherwise a `:` in the id would shift the boundary.
        let credentials = format!("{}:{}", form_encoded(&self.client_id), form_encoded(secret.expose_secret()));
        Some(format!("Basic {}", STANDARD.encode(credentials)).into())
    }

    /// The parameters for the body. None with Basic: `client_id` in the body would be a second authentication.
    pub(super) fn body_parameters(&self) -> Vec<(&'static str, &str)> {
        match &self.authentication {
            ClientAuthentication::ClientSecretBasic(_) => vec![],
            ClientAuthentication::ClientSecretPost(secret) => {
                vec![("client_id", &self.client_id), ("client_secret", secret.expose_secret())]
            }
            ClientAuthentication::PrivateKeyJwt(assertion) => vec![
                ("client_id", &self.client_id),
                ("client_assertion_type", JWT_BEARER),
                ("client_assertion", assertion.expose_secret()),
            ],
            ClientAuthentication::None => vec![("client_id", &self.client_id)],
        }
    }
}

/// Whether a client id or secret is the same before and after form-encoding. Many providers do not decode what RFC 6749
/// §2.3.1 makes clients encode for Basic; for such a value both sides agree.
pub(crate) fn is_unchanged_by_form_encoding(text: &str) -> bool {
    form_encoded(text) == text
}

fn form_encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}
