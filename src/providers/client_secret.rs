//! What proves that we are our client at a provider.

use std::fmt;

use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;

/// Lifetime of a minted secret, in seconds. Apple allows half a year; one that is made for each request needs no more
/// than the request takes.
const MINTED_LIFETIME: i64 = 300;

/// A client secret, or the key that makes one.
#[derive(Clone, Debug)]
pub enum ClientSecret {
    /// The secret that the provider gave.
    Fixed(SecretString),
    /// Apple's way: a JWT signed by our own key, made for each request.
    Apple(AppleKey),
}

/// Our key at Apple ("Creating a client secret", developer.apple.com).
#[derive(Clone)]
pub struct AppleKey {
    team_id: String,
    key_id: String,
    key: EncodingKey,
}

/// The key cannot make a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the private key is not a P-256 key in PKCS#8 PEM")]
pub struct ClientSecretError;

impl ClientSecret {
    /// The secret for a request that is made now.
    ///
    /// # Errors
    /// When the key cannot sign.
    pub fn at(&self, client_id: &str, audience: &str, now: i64) -> Result<SecretString, ClientSecretError> {
        match self {
            Self::Fixed(secret) => Ok(secret.clone()),
            Self::Apple(key) => key.mint(client_id, audience, now),
        }
    }
}

impl From<SecretString> for ClientSecret {
    fn from(secret: SecretString) -> Self {
        Self::Fixed(secret)
    }
}

impl From<&str> for ClientSecret {
    fn from(secret: &str) -> Self {
        Self::Fixed(secret.into())
    }
}

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    iat: i64,
    exp: i64,
    aud: &'a str,
    sub: &'a str,
}

impl AppleKey {
    /// A key from Apple's `.p8` file; a line break may be written `\\n`, as it often is in an environment.
    ///
    /// # Errors
    /// When it is no P-256 key in PKCS#8 PEM.
    pub fn new(team_id: String, key_id: String, pem: &SecretString) -> Result<Self, ClientSecretError> {
        let pem = pem.expose_secret().replace("\\n", "\n");
        let key = EncodingKey::from_ec_pem(pem.as_bytes()).map_err(|_| ClientSecretError)?;
        let key = Self { team_id, key_id, key };
        // A key of another curve is found out now and not at the first sign-in.
        key.mint("check", "check", 0).map(|_| key)
    }

    fn mint(&self, client_id: &str, audience: &str, now: i64) -> Result<SecretString, ClientSecretError> {
        let mut header = Header::new(Algorithm::ES256);
        header.kid = Some(self.key_id.clone());
        let claims = Claims { iss: &self.team_id, iat: now, exp: now + MINTED_LIFETIME, aud: audience, sub: client_id };
        encode(&header, &claims, &self.key).map(SecretString::from).map_err(|_| ClientSecretError)
    }
}

impl fmt::Debug for AppleKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AppleKey({}, [redacted])", self.key_id)
    }
}
