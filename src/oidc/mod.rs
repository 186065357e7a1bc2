//! OpenID Connect Core 1.0 and Discovery 1.0, on top of `crate::oauth`.
//!
//! Bytes go in, verified claims or a typed error come out. aws-lc-rs verifies signatures; this room checks every claim
//! itself, on the JSON value, since the defaults of JWT libraries require only `exp` and accept any overlapping audience.
//! No socket, no clock, no randomness.
//!
//! Reading order: `process_discovery_response`, `process_jwks_response`, `verify_id_token`,
//! `process_userinfo_response`.

mod algorithm;
mod discovery;
mod endpoint;
mod id_token;
mod jwks;
mod logout;
mod security_event;
mod userinfo;

#[cfg(test)]
pub(crate) mod signing_for_tests;

pub use algorithm::Algorithm;
pub use discovery::{DiscoveryError, ProviderMetadata, discovery_request, discovery_url, process_discovery_response};
pub use endpoint::{EndpointError, EndpointRules};
pub use id_token::{
    AuthenticationClaims, Check, ClaimVerdict, Claims, ExpectedIdToken, IdTokenError, IdTokenErrorKind, LEEWAY_SECONDS,
    NonceRule, Verdict, precheck_id_token, unverified_claims, verify_id_token,
};
pub use jwks::{JwkSet, JwksError, RsaPublicKey, jwks_request, process_jwks_response};
pub use logout::end_session_url;
pub use security_event::{
    ExpectedSecurityEvent, SecurityEvent, SecurityEventError, SecurityEventKind, precheck_security_event,
    verify_security_event,
};
pub use userinfo::{Userinfo, UserinfoError, process_userinfo_response, userinfo_request};

/// Any error of this room, for callers that treat its steps alike.
#[derive(Debug, thiserror::Error)]
pub enum OidcError {
    /// The discovery document was rejected.
    #[error(transparent)]
    Discovery(#[from] DiscoveryError),
    /// The JWK set was rejected.
    #[error(transparent)]
    Jwks(#[from] JwksError),
    /// The id_token was rejected.
    #[error(transparent)]
    IdToken(#[from] IdTokenError),
    /// The userinfo response was rejected.
    #[error(transparent)]
    Userinfo(#[from] UserinfoError),
}
