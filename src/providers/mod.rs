//! A page of facts per provider and one mapping from its documents to a `Profile`. Data, no I/O.
//!
//! CONTRIBUTING.md says how to add one: a file like `discord.rs` or `gitlab.rs`, with a constructor, its `ProviderSpec` and a
//! profile function.

pub mod apple;
mod client_secret;
pub mod discord;
pub mod facebook;
pub mod github;
pub mod gitlab;
pub mod google;
#[cfg(test)]
pub(crate) mod key_for_tests;
pub mod microsoft;
pub mod open_id_connect;
mod profile;
mod slug;
mod spec;
#[cfg(test)]
mod tests;
mod token_check;
pub mod x;

pub use client_secret::{AppleKey, ClientSecret, ClientSecretError};
pub use profile::{Profile, ProfileEmail};
pub use slug::Slug;
pub use spec::{
    ApiAccess, ApiDocument, Documents, Facts, IdentitySource, OAuthSpec, OidcSpec, ProviderSpec, ResponseIssuer,
};
pub use token_check::{CheckedToken, TokenCheck, TokenCheckError, UnfitTokenError};

use std::sync::Arc;

use url::Url;

use crate::{codes::access::Access, oauth::Scopes, oidc::ProviderMetadata};

/// One provider with our client at it.
#[derive(Clone, Debug)]
pub struct Provider {
    /// Its place in `/auth/{slug}`.
    pub slug: Slug,
    /// Its name for people.
    pub label: String,
    /// Our `client_id` there.
    pub client_id: String,
    /// Further clients of ours there: front ends that sign people in by themselves and hand us the token.
    pub further_client_ids: Vec<String>,
    /// Our `client_secret` there.
    pub client_secret: ClientSecret,
    /// Where its endpoints are learned.
    pub metadata: Metadata,
    /// Where its API lives, for a provider that is asked there who somebody is, or what they let us see. Ends without a
    /// slash. From the code or the configuration, never from metadata: tokens go there.
    pub api: Option<String>,
    /// Where it says what an access token is worth, for a provider that has an address of its own for that.
    pub tokeninfo: Option<Url>,
    /// The one domain whose accounts are admitted, for a provider that knows such (Google's `hd`).
    pub hosted_domain: Option<String>,
    /// How it behaves.
    pub spec: &'static ProviderSpec,
}

impl Provider {
    /// All clients that are ours: what a front end brings may have been given to any of them.
    pub fn client_ids(&self) -> Vec<&str> {
        std::iter::once(&self.client_id).chain(&self.further_client_ids).map(String::as_str).collect()
    }

    /// Whether it has something for us to see.
    pub fn offers(&self, access: Access) -> bool {
        self.api.is_some() && !self.scopes_of(access).is_empty()
    }

    /// The scopes that let us see it, all of them needed; none where it has no such thing.
    pub fn scopes_of(&self, access: Access) -> &'static [&'static str] {
        self.spec.lets_see.as_ref().map_or(&[], |lets_see| (lets_see.scopes)(access))
    }

    /// Its page where a person sees what was granted, and takes it back; `None` where it has nothing for us to see.
    pub fn connections(&self) -> Option<&'static str> {
        self.spec.lets_see.as_ref().filter(|_| self.api.is_some()).map(|lets_see| lets_see.by_hand)
    }

    /// Whether these scopes let us see it.
    pub fn allows(&self, access: Access, granted: &Scopes) -> bool {
        self.offers(access) && self.scopes_of(access).iter().all(|scope| granted.contains(scope))
    }
}

/// How a provider lets us see something, by its slug: so it is, whether or not the provider is configured at the moment.
pub fn lets_see(slug: &str) -> Option<&'static ApiAccess> {
    match slug {
        "google" => google::SPEC.lets_see.as_ref(),
        _ => None,
    }
}

/// Where a provider's endpoints come from.
#[derive(Clone, Debug)]
pub enum Metadata {
    /// Constants in code, from the provider's documentation.
    Principal(Arc<ProviderMetadata>),
    /// OpenID Connect Discovery at this issuer.
    Discovered {
        /// The issuer, byte for byte as its documents must repeat it.
        issuer: String,
    },
}

impl Metadata {
    /// The issuer that the provider's documents and tokens must name.
    pub fn issuer(&self) -> &str {
        match self {
            Self::Principal(metadata) => &metadata.issuer,
            Self::Discovered { issuer } => issuer,
        }
    }
}

/// A profile from the standard claims (OpenID Connect Core §5.1), with the provider's authority over the address
/// as given.
fn standard_profile(provider: &Provider, facts: &Facts<'_>, is_authoritative: impl Fn(&str) -> bool) -> Profile {
    Profile {
        issuer: provider.metadata.issuer().to_owned(),
        subject: facts.subject().to_owned(),
        provider: provider.slug.as_str().to_owned(),
        email: facts.text("email").map(|address| ProfileEmail {
            provider_is_authoritative: is_authoritative(address),
            verified_by_provider: facts.is_true("email_verified"),
            unverified_address: address.to_owned(),
        }),
        name: facts.text("name").map(str::to_owned),
        picture: facts.text("picture").map(str::to_owned),
    }
}

/// An address below a base that stands in the code or that the configuration has checked.
fn address(base: &str, path: &str) -> Url {
    Url::parse(&format!("{base}{path}")).unwrap_or_else(|_| unreachable!("a constant, or checked at the start"))
}

/// Sources of pictures that are the same for every client.
fn origins(constants: &[&str]) -> Vec<String> {
    constants.iter().map(|origin| (*origin).to_owned()).collect()
}

/// What every provider without a discovery document has: two endpoints, and a way to authenticate at the second.
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
        authorization_response_iss_parameter_supported: false,
        id_token_signing_alg_values_supported: Vec::new(),
        code_challenge_methods_supported: vec!["S256".to_owned()],
    }
}
