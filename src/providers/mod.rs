//! A page of facts per provider and one mapping from its documents to a `Profile`. Data, no I/O.
//!
//! To add an OpenID Connect provider with manners of its own, write a file like `google.rs`: a constructor, a
//! `Manners` and a profile function.

pub mod google;
pub mod open_id_connect;
mod profile;
mod slug;
#[cfg(test)]
mod tests;

pub use profile::{Profile, ProfileEmail};
pub use slug::Slug;

use std::sync::Arc;

use secrecy::SecretString;
use serde_json::Value;
use url::Url;

use crate::oidc::{Algorithm, Claims, ProviderMetadata, Userinfo};

/// One provider with our client at it.
#[derive(Clone, Debug)]
pub struct Provider {
    /// Its place in `/auth/{slug}`.
    pub slug: Slug,
    /// Its name for people.
    pub label: String,
    /// Our `client_id` there.
    pub client_id: String,
    /// Our `client_secret` there.
    pub client_secret: SecretString,
    /// Where its endpoints are learned.
    pub metadata: Metadata,
    /// How it behaves.
    pub manners: &'static Manners,
}

/// Where a provider's endpoints come from.
#[derive(Clone, Debug)]
pub enum Metadata {
    /// Constants in code, from the provider's documentation.
    Known(Arc<ProviderMetadata>),
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
            Self::Known(metadata) => &metadata.issuer,
            Self::Discovered { issuer } => issuer,
        }
    }
}

/// What differs between providers, as data and two small functions.
#[derive(Debug)]
pub struct Manners {
    /// Scopes of a sign-in: the least that tells who somebody is.
    pub sign_in_scopes: &'static [&'static str],
    /// Algorithms that its id_tokens may be signed with. Never symmetric ones.
    pub algorithms: &'static [Algorithm],
    /// Values of `prompt` that it understands, of those that we pass through.
    pub prompts: &'static [&'static str],
    /// Spellings of its issuer that an id_token may carry, given the issuer of its metadata.
    pub token_issuers: fn(&str) -> Vec<String>,
    /// Ask the userinfo endpoint when the id_token names no e-mail address or no name (OpenID Connect Core §5.4).
    pub userinfo_completes: bool,
    /// Where its people's pictures come from, as sources of a content security policy.
    pub picture_origins: &'static [&'static str],
    /// Turns verified claims into a profile.
    pub profile: fn(&Provider, &Facts<'_>) -> Profile,
}

/// What a provider said about a person: the verified id_token and, where it was asked, the userinfo document
/// whose `sub` was checked against it.
#[derive(Debug)]
pub struct Facts<'a> {
    /// The verified id_token's claims.
    pub claims: &'a Claims,
    /// The userinfo document.
    pub userinfo: Option<&'a Userinfo>,
}

impl Facts<'_> {
    /// A non-empty string, from the id_token first. Any other JSON type is no answer.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.value(name).and_then(Value::as_str).filter(|text| !text.is_empty())
    }

    /// Only the boolean `true`: `"true"`, `1` and their like are not a provider's word (CVE-2022-35924 shape).
    pub fn is_true(&self, name: &str) -> bool {
        self.value(name).and_then(Value::as_bool).unwrap_or(false)
    }

    /// The id_token is signed, userinfo is not: where both speak, the id_token counts. The e-mail address and its
    /// `email_verified` are one statement and come from the same document.
    fn value(&self, name: &str) -> Option<&Value> {
        let in_token = self.claims.get(name);
        if name == "email_verified" && self.claims.get("email").is_some() {
            return in_token;
        }
        in_token.or_else(|| self.userinfo.and_then(|userinfo| userinfo.get(name)))
    }
}

/// A profile from the standard claims (OpenID Connect Core §5.1), with the provider's authority over the address
/// as given.
fn standard_profile(provider: &Provider, facts: &Facts<'_>, is_authoritative: impl Fn(&str) -> bool) -> Profile {
    Profile {
        issuer: provider.metadata.issuer().to_owned(),
        subject: facts.claims.subject().to_owned(),
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

/// An address that stands in the code.
fn constant(url: &'static str) -> Url {
    Url::parse(url).unwrap_or_else(|_| unreachable!("a constant of ours that a test reads"))
}
