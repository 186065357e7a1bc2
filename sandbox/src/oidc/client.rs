//! Client authentication at the token endpoint: RFC 6749 §2.3.1, RFC 7523 §3, OpenID Connect Core §9.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ECDSA_P521_SHA512_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256,
    RSA_PSS_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey, VerificationAlgorithm,
};
use axum::http::HeaderMap;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::Value;

use super::configuration::{AuthMethod, Configuration};
use crate::basic;
use crate::fields::Fields;

const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// What a token request is authenticated against.
pub struct Registration<'a> {
    pub client_id: &'a str,
    pub issuer: &'a str,
    /// Unix seconds.
    pub now: i64,
    pub configuration: &'a Configuration,
}

impl Registration<'_> {
    /// Whether the request is the client's, by exactly one method, which is offered.
    pub fn is_authenticated(&self, headers: &HeaderMap, form: &Fields) -> bool {
        let basic = basic::presented(headers);
        let by = match (basic, form.get("client_secret"), form.get("client_assertion")) {
            (Some(credentials), None, None) => self.by_basic(credentials).then_some(AuthMethod::ClientSecretBasic),
            (None, Some(secret), None) => {
                let known = form.get("client_id") == Some(self.client_id) && secret == self.configuration.client_secret;
                known.then_some(AuthMethod::ClientSecretPost)
            }
            (None, None, Some(assertion)) => {
                let typed = form.get("client_assertion_type") == Some(JWT_BEARER);
                (typed && self.is_own_assertion(assertion)).then_some(AuthMethod::PrivateKeyJwt)
            }
            (None, None, None) => (form.get("client_id") == Some(self.client_id)).then_some(AuthMethod::None),
            _ => None,
        };
        by.is_some_and(|method| self.configuration.auth_methods.contains(&method))
    }

    fn by_basic(&self, credentials: &str) -> bool {
        let presented = match self.configuration.decodes_basic {
            true => basic::read(credentials),
            false => STANDARD
                .decode(credentials)
                .ok()
                .and_then(|bytes| String::from_utf8(bytes).ok())
                .and_then(|text| text.split_once(':').map(|(id, secret)| (id.to_owned(), secret.to_owned()))),
        };
        presented.is_some_and(|(id, secret)| id == self.client_id && secret == self.configuration.client_secret)
    }

    fn is_own_assertion(&self, assertion: &str) -> bool {
        let Some(claims) = self.configuration.client_key.as_ref().and_then(|key| verified(assertion, key)) else {
            return false;
        };
        let is = |name: &str, wanted: &str| claims.get(name).and_then(Value::as_str) == Some(wanted);
        let token_endpoint = format!("{}/token", self.issuer);
        let alive =
            claims.get("exp").and_then(Value::as_i64).is_some_and(|exp| exp > self.now && exp < self.now + 3_600);
        let has_id = claims.get("jti").and_then(Value::as_str).is_some_and(|id| !id.is_empty());
        let for_us = is("aud", self.issuer) || is("aud", &token_endpoint);
        is("iss", self.client_id) && is("sub", self.client_id) && for_us && alive && has_id
    }
}

/// The claims of a JWT that verifies with a JWK.
fn verified(token: &str, jwk: &Value) -> Option<Value> {
    let (signed, signature) = token.rsplit_once('.')?;
    let (header, payload) = signed.split_once('.')?;
    let decode = |text: &str| URL_SAFE_NO_PAD.decode(text).ok();
    let json = |text: &str| serde_json::from_slice::<Value>(&decode(text)?).ok();
    let member = |name: &str| decode(jwk.get(name)?.as_str()?);
    let (signature, message) = (decode(signature)?, signed.as_bytes());
    let with = |algorithm: &'static dyn VerificationAlgorithm, key: &[u8]| {
        UnparsedPublicKey::new(algorithm, key).verify(message, &signature).ok()
    };
    let point = || Some([&[4], member("x")?.as_slice(), member("y")?.as_slice()].concat());
    match json(header)?.get("alg")?.as_str()? {
        alg @ ("RS256" | "PS256") => {
            let parameters = if alg == "RS256" { &RSA_PKCS1_2048_8192_SHA256 } else { &RSA_PSS_2048_8192_SHA256 };
            let (n, e) = (member("n")?, member("e")?);
            RsaPublicKeyComponents { n: &n, e: &e }.verify(parameters, message, &signature).ok()?;
        }
        "ES256" => with(&ECDSA_P256_SHA256_FIXED, &point()?)?,
        "ES384" => with(&ECDSA_P384_SHA384_FIXED, &point()?)?,
        "ES512" => with(&ECDSA_P521_SHA512_FIXED, &point()?)?,
        "EdDSA" => with(&ED25519, &member("x")?)?,
        _ => return None,
    }
    json(payload)
}
