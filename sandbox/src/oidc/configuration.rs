//! What the `configure` command changes.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::id_token::Signing;

/// The behaviour of the generic provider. Absent members have their defaults.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Configuration {
    /// How id_tokens are signed: any value of a patch's `sign`.
    pub sign: Signing,
    /// `token_endpoint_auth_methods_supported`; others are refused.
    pub auth_methods: Vec<AuthMethod>,
    /// The client's secret.
    pub client_secret: String,
    /// Whether id and secret of `Authorization: Basic` are form-decoded, as RFC 6749 §2.3.1 has it; many providers do not.
    pub decodes_basic: bool,
    /// The client's public key as a JWK, for `private_key_jwt`.
    pub client_key: Option<Value>,
    /// Values of `prompt` that end on an error page, although the metadata lists them.
    pub rejected_prompts: Vec<String>,
    pub auth_time: AuthTime,
    /// Claims that are at userinfo only.
    pub userinfo_only: Vec<String>,
    /// `sub` of userinfo is a number.
    pub numeric_sub: bool,
    /// `iss` is announced, and error responses have none.
    pub iss_beside_codes_only: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuthMethod {
    ClientSecretBasic,
    ClientSecretPost,
    PrivateKeyJwt,
    None,
}

/// `auth_time` of an id_token.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuthTime {
    Seconds,
    Fraction,
    Null,
    Zero,
    /// Not even where `max_age` requires it.
    Absent,
}

impl Default for Configuration {
    fn default() -> Self {
        Self {
            sign: Signing::Rs256,
            auth_methods: vec![AuthMethod::ClientSecretBasic, AuthMethod::ClientSecretPost],
            client_secret: "sandbox-oidc-secret".to_owned(),
            decodes_basic: true,
            client_key: None,
            rejected_prompts: Vec::new(),
            auth_time: AuthTime::Seconds,
            userinfo_only: Vec::new(),
            numeric_sub: false,
            iss_beside_codes_only: false,
        }
    }
}
