//! Who we are at the token endpoint: RFC 6749 §2.3.1.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret, SecretString};
use url::form_urlencoded;

/// Our registration at a provider.
#[derive(Clone, Debug)]
pub struct Client {
    /// `client_id`. Public.
    pub client_id: String,
    /// How we prove to be that client.
    pub authentication: ClientAuthentication,
}

/// `token_endpoint_auth_method`. One of them, never two at once: RFC 6749 §2.3 forbids it, and providers
/// refuse such requests.
#[derive(Clone, Debug)]
pub enum ClientAuthentication {
    /// `client_secret_basic`: the secret in the Authorization header.
    ClientSecretBasic(SecretString),
    /// `client_secret_post`: the secret in the body. Apple's short-lived JWT is such a secret, too.
    ClientSecretPost(SecretString),
    /// `none`: a public client, protected by PKCE alone.
    None,
}

impl Client {
    /// The Authorization header's value, for `client_secret_basic`.
    pub(super) fn authorization_header(&self) -> Option<SecretString> {
        let ClientAuthentication::ClientSecretBasic(secret) = &self.authentication else {
            return None;
        };
        // Both pieces are form-encoded first; otherwise a `:` in the id or a `+` in the secret reads
        // differently at the other end.
        let credentials = format!("{}:{}", form_encoded(&self.client_id), form_encoded(secret.expose_secret()));
        Some(format!("Basic {}", STANDARD.encode(credentials)).into())
    }

    /// The body's parameters. With Basic there are none: `client_id` in the body as well would be a second
    /// authentication.
    pub(super) fn body_parameters(&self) -> Vec<(&'static str, &str)> {
        match &self.authentication {
            ClientAuthentication::ClientSecretBasic(_) => vec![],
            ClientAuthentication::ClientSecretPost(secret) => {
                vec![("client_id", &self.client_id), ("client_secret", secret.expose_secret())]
            }
            ClientAuthentication::None => vec![("client_id", &self.client_id)],
        }
    }
}

fn form_encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}
