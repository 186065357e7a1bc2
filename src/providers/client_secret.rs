//! How our client authenticates at a provider.

use std::fmt;

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, UnparsedPublicKey,
};
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;

use super::{AssertionTime, ClientKey};
use crate::{oauth::ClientAuthentication, oidc::ProviderMetadata};

/// Lifetime of a minted secret, in seconds. Apple allows six months; a secret per request needs no more than the request
/// takes.
const MINTED_LIFETIME: i64 = 300;

/// What our client authenticates with.
#[derive(Clone, Debug)]
pub enum ClientSecret {
    /// A secret that the provider issued, sent by the method that its metadata offers.
    Fixed(SecretString),
    /// The same, sent by this method, whatever the metadata offers.
    FixedBy(SecretMethod, SecretString),
    /// A JWT signed with our key, sent as a secret (Apple).
    Apple(AppleKey),
    /// `private_key_jwt`.
    Key(ClientKey),
    /// `none`: a public client, protected by PKCE alone.
    None,
}

/// How a secret is sent (RFC 6749 §2.3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecretMethod {
    Basic,
    Post,
}

/// Our key at Apple ("Creating a client secret", developer.apple.com).
#[derive(Clone)]
pub struct AppleKey {
    team_id: String,
    key_id: String,
    key: EncodingKey,
    /// The public key, an uncompressed point.
    public: Vec<u8>,
}

/// Why a key makes no secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClientSecretError {
    #[error("the private key is not a P-256 key in PKCS#8 PEM")]
    NotAP256Key,
    #[error("the private key cannot sign")]
    CannotSign,
}

impl ClientSecret {
    /// The authentication of one request to the provider; `None` if its metadata offers no method for a secret.
    ///
    /// # Errors
    /// When the key cannot sign.
    pub(super) fn authentication(
        &self,
        client_id: &str,
        metadata: &ProviderMetadata,
        time: AssertionTime,
    ) -> Result<Option<ClientAuthentication>, ClientSecretError> {
        Ok(Some(match self {
            Self::Fixed(secret) => return Ok(metadata.secret_authentication(client_id, secret.clone())),
            Self::FixedBy(SecretMethod::Basic, secret) => ClientAuthentication::ClientSecretBasic(secret.clone()),
            Self::FixedBy(SecretMethod::Post, secret) => ClientAuthentication::ClientSecretPost(secret.clone()),
            Self::Apple(key) => {
                ClientAuthentication::ClientSecretPost(key.secret(client_id, &metadata.issuer, time.now)?)
            }
            Self::Key(key) => {
                let assertion = key.assertion(client_id, metadata, time);
                ClientAuthentication::PrivateKeyJwt(assertion.map_err(|_| ClientSecretError::CannotSign)?)
            }
            Self::None => ClientAuthentication::None,
        }))
    }

    /// The secret that the provider issued, for APIs that want it themselves.
    pub fn fixed(&self) -> Option<&SecretString> {
        match self {
            Self::Fixed(secret) | Self::FixedBy(_, secret) => Some(secret),
            Self::Apple(_) | Self::Key(_) | Self::None => None,
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
    /// A key from Apple's `.p8` file; line breaks may be written `\\n`, as in an environment variable.
    ///
    /// # Errors
    /// When it is not a P-256 key in PKCS#8 PEM.
    pub fn new(team_id: String, key_id: String, pem: &SecretString) -> Result<Self, ClientSecretError> {
        let pem = pem.expose_secret().replace("\\n", "\n");
        let key = EncodingKey::from_ec_pem(pem.as_bytes()).map_err(|_| ClientSecretError::NotAP256Key)?;
        // A key of another curve fails here, not at the first sign-in.
        let public = public_key(&pem).ok_or(ClientSecretError::NotAP256Key)?;
        let key = Self { team_id, key_id, key, public };
        key.secret("check", "check", 0).map(|_| key)
    }

    pub fn team_id(&self) -> &str {
        &self.team_id
    }

    /// `kid` of the secrets.
    pub fn key_id(&self) -> &str {
        &self.key_id
    }

    /// Whether a secret verifies with the public key, as Apple will verify it (RFC 7518 §3.4).
    pub fn verifies(&self, secret: &SecretString) -> bool {
        let Some((signed, signature)) = secret.expose_secret().rsplit_once('.') else { return false };
        let Ok(signature) = URL_SAFE_NO_PAD.decode(signature) else { return false };
        let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, &self.public);
        key.verify(signed.as_bytes(), &signature).is_ok()
    }

    /// The secret for a request at this time, in Unix seconds.
    ///
    /// # Errors
    /// When the key cannot sign.
    pub fn secret(&self, client_id: &str, audience: &str, now: i64) -> Result<SecretString, ClientSecretError> {
        let mut header = Header::new(Algorithm::ES256);
        header.kid = Some(self.key_id.clone());
        let claims = Claims { iss: &self.team_id, iat: now, exp: now + MINTED_LIFETIME, aud: audience, sub: client_id };
        encode(&header, &claims, &self.key).map(SecretString::from).map_err(|_| ClientSecretError::CannotSign)
    }
}

/// The public key of a P-256 key in PKCS#8 PEM (RFC 7468).
fn public_key(pem: &str) -> Option<Vec<u8>> {
    let body: String = pem.lines().map(str::trim).filter(|line| !line.starts_with("-----")).collect();
    let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &STANDARD.decode(body).ok()?).ok()?;
    Some(pair.public_key().as_ref().to_vec())
}

impl fmt::Debug for AppleKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AppleKey({}, [redacted])", self.key_id)
    }
}
