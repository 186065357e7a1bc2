//! One page per provider: its endpoints, its `ProviderSpec`, its row of `BUILT_IN`, and the mapping from its documents to a
//! `Profile`. Data, no I/O. CONTRIBUTING.md says how to add one.

pub mod apple;
mod built_in;
mod client_key;
mod client_secret;
pub mod discord;
pub mod facebook;
#[cfg(test)]
pub(crate) mod for_tests;
pub mod github;
pub mod gitlab;
pub mod google;
#[cfg(test)]
pub(crate) mod key_for_tests;
pub mod linkedin;
mod message;
pub mod microsoft;
pub mod open_id_connect;
mod private_key;
mod profile;
mod slug;
mod spec;
#[cfg(test)]
mod tests;
mod token_check;
pub mod x;

pub use built_in::{
    BUILT_IN, BuiltIn, ButtonColours, Note, Palette, SettingError, Settings, Variable, VariableKind, built_in,
    variables_of,
};
pub use client_key::{AssertionAudience, AssertionTime, CertificateError, ClientKey};
pub use client_secret::{AppleKey, ClientSecret, ClientSecretError, SecretMethod};
pub use message::{IncomingMessage, MessageError, MessageFormat, Purpose, Registration};
pub use private_key::{PrivateKey, PrivateKeyError};
pub use profile::{Profile, ProfileEmail};
pub use slug::Slug;
pub use spec::{
    ApiAccess, ApiDocument, Documents, Facts, IdentitySource, OAuthSpec, OidcSpec, ProviderSpec, ResponseIssuer,
};
pub use token_check::{CheckedToken, TokenCheck, TokenCheckError, UnfitTokenError};

use std::sync::Arc;

use secrecy::SecretString;
use url::Url;

use crate::{
    codes::access::Access,
    oauth::{ClientAuthentication, Scopes},
    oidc::{AuthenticationClaims, ProviderMetadata},
};

/// A provider and our client there.
#[derive(Clone, Debug)]
pub struct Provider {
    /// The last segment of `/auth/{slug}` and `/auth/callback/{slug}`.
    pub slug: Slug,
    /// Its name on buttons and in sentences.
    pub label: String,
    pub client_id: String,
    /// Our other clients there: apps and pages that sign users in themselves and hand us the token.
    pub further_client_ids: Vec<String>,
    pub client_secret: ClientSecret,
    /// What its webhook signs with, if that is not the client's secret (GitHub).
    pub webhook_secret: Option<SecretString>,
    pub metadata: Metadata,
    /// Base URL of its API, without a slash at the end. From the code or the configuration, never from metadata: access
    /// tokens are sent there.
    pub api: Option<String>,
    /// Google's endpoint that validates access tokens.
    pub tokeninfo: Option<Url>,
    /// The one domain whose accounts are admitted (Google's `hd`).
    pub hosted_domain: Option<String>,
    /// Ask for `auth_time` and `amr` (Google): it tells them to verified apps only, and only if asked.
    pub session_claims: bool,
    /// Whether a sign-out takes it along (RP-Initiated Logout 1.0).
    pub ends_session: bool,
    /// The scopes of a sign-in: those of `spec`, unless the configuration has others.
    pub sign_in_scopes: Scopes,
    pub spec: &'static ProviderSpec,
}

impl Provider {
    /// The prefix of its variables.
    pub fn variables(&self) -> String {
        variables_of(self.slug.as_str())
    }

    /// All our clients there: a token from a front end may have been issued to any of them.
    pub fn client_ids(&self) -> Vec<&str> {
        std::iter::once(&self.client_id).chain(&self.further_client_ids).map(String::as_str).collect()
    }

    /// How our client authenticates in one request; `None` if the provider offers no method for its secret.
    ///
    /// # Errors
    /// When the client's key cannot sign.
    pub fn client_authentication(
        &self,
        metadata: &ProviderMetadata,
        time: AssertionTime,
    ) -> Result<Option<ClientAuthentication>, ClientSecretError> {
        self.client_secret.authentication(&self.client_id, metadata, time)
    }

    /// Where the keys are that sign id_tokens for one of [`Self::client_ids`]: at most providers one URL for all.
    pub fn jwks_uri(&self, metadata: &ProviderMetadata, client_id: &str) -> Option<Url> {
        let jwks_uri = metadata.jwks_uri.clone()?;
        Some(match self.slug.as_str() == microsoft::SLUG || microsoft::is_entra(&jwks_uri) {
            true => microsoft::with_keys_of_the_app(jwks_uri, client_id),
            false => jwks_uri,
        })
    }

    /// Whether the operator named its issuer (`OIDC_<NAME>_ISSUER`, `GITLAB_URL`): it may be on a private network.
    pub fn is_self_hosted(&self) -> bool {
        matches!(self.metadata, Metadata::Discovered { .. })
    }

    /// Whether it has this API.
    pub fn offers(&self, access: Access) -> bool {
        self.api.is_some() && !self.scopes_of(access).is_empty()
    }

    /// The scopes that the API needs, all of them; empty where the provider has no such API.
    pub fn scopes_of(&self, access: Access) -> &'static [&'static str] {
        self.spec.api_access.as_ref().map_or(&[], |api_access| (api_access.scopes)(access))
    }

    /// Its page where users review and revoke what they granted; `None` where it has no API for us.
    pub fn connections(&self) -> Option<&'static str> {
        self.spec.api_access.as_ref().filter(|_| self.api.is_some()).map(|api_access| api_access.connections)
    }

    /// Whether the granted scopes are enough for the API.
    pub fn allows(&self, access: Access, granted: &Scopes) -> bool {
        self.offers(access) && self.scopes_of(access).iter().all(|scope| granted.contains(scope))
    }
}

/// The API access that a provider offers, by its slug, whether or not it is configured at present.
pub fn api_access(slug: &str) -> Option<&'static ApiAccess> {
    built_in(slug)?.spec.api_access.as_ref()
}

/// Where a provider's endpoints come from.
#[derive(Clone, Debug)]
pub enum Metadata {
    /// Constants in the code, from the provider's documentation.
    Constant(Arc<ProviderMetadata>),
    /// OpenID Connect Discovery at this issuer.
    Discovered {
        /// Byte for byte as the discovery document must repeat it.
        issuer: String,
    },
}

impl Metadata {
    /// The issuer that the provider's documents and tokens must name.
    pub fn issuer(&self) -> &str {
        match self {
            Self::Constant(metadata) => &metadata.issuer,
            Self::Discovered { issuer } => issuer,
        }
    }

    /// Constants, or discovery at the issuer that replaces them.
    fn or_discovered(issuer: Option<&str>, constants: fn() -> ProviderMetadata) -> Self {
        match issuer {
            Some(issuer) => Self::Discovered { issuer: issuer.to_owned() },
            None => constants().into(),
        }
    }
}

impl From<ProviderMetadata> for Metadata {
    fn from(metadata: ProviderMetadata) -> Self {
        Self::Constant(Arc::new(metadata))
    }
}

/// A profile from the standard claims (OpenID Connect Core §5.1). `is_authoritative` says of an email address whether the
/// provider runs its mailbox.
fn standard_profile(provider: &Provider, facts: &Facts<'_>, is_authoritative: impl Fn(&str) -> bool) -> Profile {
    Profile {
        issuer: provider.metadata.issuer().to_owned(),
        subject: facts.subject().to_owned(),
        provider: provider.slug.as_str().to_owned(),
        email: facts.text("email").map(|address| ProfileEmail {
            provider_is_authoritative: is_authoritative(address),
            verified_by_provider: facts.is_true("email_verified"),
            unverified_email: address.to_owned(),
        }),
        name: facts.text("name").map(str::to_owned),
        picture: facts.text("picture").map(str::to_owned),
        authentication: AuthenticationClaims::default(),
    }
}

/// A URL below a base that is a constant or that `config` has checked.
fn endpoint_url(base: &str, path: &str) -> Url {
    Url::parse(&format!("{base}{path}")).unwrap_or_else(|_| unreachable!("a constant, or checked at the start"))
}

/// Sources of profile pictures, for a content security policy.
fn origins(constants: &[&str]) -> Vec<String> {
    constants.iter().map(|origin| (*origin).to_owned()).collect()
}

/// The metadata that every provider has: two endpoints, and how a client authenticates at the token endpoint.
fn endpoints(issuer: &str, authorization: Url, token: Url, authentication: &str) -> ProviderMetadata {
    ProviderMetadata {
        issuer: issuer.to_owned(),
        authorization_endpoint: authorization,
        token_endpoint: token,
        jwks_uri: None,
        userinfo_endpoint: None,
        revocation_endpoint: None,
        end_session_endpoint: None,
        token_endpoint_auth_methods_supported: vec![authentication.to_owned()],
        token_endpoint_auth_signing_alg_values_supported: Vec::new(),
        authorization_response_iss_parameter_supported: false,
        id_token_signing_alg_values_supported: Vec::new(),
        code_challenge_methods_supported: vec!["S256".to_owned()],
    }
}
