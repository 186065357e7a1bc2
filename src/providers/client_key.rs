//! `private_key_jwt`: our client authenticates by a JWT that it signs with its own key (OpenID Connect Core §9, RFC 7523 §2.2).

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use secrecy::SecretString;
use serde_json::{Map, Value, json};

use super::{PrivateKey, PrivateKeyError, private_key::pem_block};
use crate::oidc::{Algorithm, ProviderMetadata};

/// Lifetime of an assertion, in seconds.
const LIFETIME: i64 = 300;

/// The key of a client, and how its provider recognises it.
#[derive(Clone, Debug)]
pub struct ClientKey {
    key: PrivateKey,
    /// `kid`, where several keys are registered.
    key_id: Option<String>,
    /// `x5t#S256` of the registered certificate (RFC 7515 §4.1.8), at Microsoft.
    thumbprint: Option<String>,
    audience: AssertionAudience,
}

/// `aud` of an assertion.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AssertionAudience {
    /// The issuer, as the revision of RFC 7523 requires: an assertion for the token endpoint's URL could be obtained by another
    /// server that names it as its own.
    #[default]
    Issuer,
    /// The URL of the token endpoint, as OpenID Connect Core §9 recommends and some providers require.
    TokenEndpoint,
}

/// What an assertion has that a caller must not repeat.
#[derive(Clone, Copy, Debug)]
pub struct AssertionTime {
    /// In Unix seconds.
    pub now: i64,
    /// `jti`: random.
    pub id: [u8; 16],
}

impl ClientKey {
    pub fn new(key: PrivateKey, key_id: Option<String>, audience: AssertionAudience) -> Self {
        Self { key, key_id, thumbprint: None, audience }
    }

    /// A key that is registered by its certificate, in PEM.
    ///
    /// # Errors
    /// [`CertificateError`] if it is not the key's.
    pub fn with_certificate(key: PrivateKey, certificate: &str) -> Result<Self, CertificateError> {
        let der = pem_block(certificate, "CERTIFICATE").ok_or(CertificateError::NotACertificate)?;
        if !key.is_certified_by(&der) {
            return Err(CertificateError::OfAnotherKey);
        }
        let thumbprint = Some(URL_SAFE_NO_PAD.encode(digest(&SHA256, &der)));
        Ok(Self { key, key_id: None, thumbprint, audience: AssertionAudience::TokenEndpoint })
    }

    /// The assertion for one request to the provider (RFC 7523 §3).
    ///
    /// # Errors
    /// If the key cannot sign.
    pub(super) fn assertion(
        &self,
        client_id: &str,
        metadata: &ProviderMetadata,
        time: AssertionTime,
    ) -> Result<SecretString, PrivateKeyError> {
        let audience = match self.audience {
            AssertionAudience::Issuer => &metadata.issuer,
            AssertionAudience::TokenEndpoint => metadata.token_endpoint.as_str(),
        };
        let mut header = Map::from_iter([("typ".to_owned(), "JWT".into())]);
        header.extend(self.key_id.as_deref().map(|key_id| ("kid".to_owned(), key_id.into())));
        header.extend(self.thumbprint.as_deref().map(|thumbprint| ("x5t#S256".to_owned(), thumbprint.into())));
        let claims = json!({
            "iss": client_id,
            "sub": client_id,
            "aud": audience,
            "jti": URL_SAFE_NO_PAD.encode(time.id),
            "iat": time.now,
            "nbf": time.now,
            "exp": time.now.saturating_add(LIFETIME),
        });
        self.key.sign(Value::Object(header), &claims, self.algorithm(metadata))
    }

    /// One that the provider lists, if it lists any. Microsoft documents PS256 for certificates and lists none.
    fn algorithm(&self, metadata: &ProviderMetadata) -> Algorithm {
        let own = self.key.algorithms();
        let listed = &metadata.token_endpoint_auth_signing_alg_values_supported;
        let is_listed =
            |algorithm: &&Algorithm| listed.iter().any(|name| Algorithm::from_name(name) == Some(**algorithm));
        let preferred = if self.thumbprint.is_some() { own.last() } else { own.first() };
        own.iter().find(is_listed).or(preferred).copied().unwrap_or(Algorithm::Rs256)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CertificateError {
    #[error("not a certificate in PEM")]
    NotACertificate,
    #[error("the certificate is not of the private key")]
    OfAnotherKey,
}
