//! Each provider's mapping, on documents: what it says counts for what its page of facts allows, and no more.

mod client_secret;
mod every_provider;
mod of_apple;
mod of_discord;
mod of_facebook;
mod of_github;
mod of_gitlab;
mod of_google;
mod of_microsoft;
mod of_x;
mod slug;
mod token_check;

use serde_json::Value;

use super::{key_for_tests::p256_key, *};
use crate::oidc::Claims;

fn google() -> Provider {
    google::provider("id".into(), "secret".into(), None, None, None, None)
}

fn generic() -> Provider {
    let slug = Slug::parse("work").unwrap();
    open_id_connect::provider(slug, "Work".into(), "https://id.example".into(), "id".into(), "secret".into())
}

fn apple() -> Provider {
    let key = AppleKey::new("TEAM".into(), "KEY".into(), &p256_key().pem.into()).unwrap();
    apple::provider("com.example.app".into(), key, None)
}

fn discord() -> Provider {
    discord::provider("id".into(), "secret".into(), None)
}

fn facebook() -> Provider {
    facebook::provider("id".into(), "secret".into(), None, None)
}

fn github() -> Provider {
    github::provider("id".into(), "secret".into(), None, None)
}

fn gitlab() -> Provider {
    gitlab::provider("id".into(), "secret".into(), None)
}

fn microsoft(tenant: &str) -> Provider {
    microsoft::provider("id".into(), "secret".into(), &microsoft::Tenant::parse(tenant).unwrap(), None)
}

fn x() -> Provider {
    x::provider("id".into(), "secret".into(), None, None)
}

/// A page of facts joins here; `every_provider.rs` then holds for it.
fn every_provider() -> Vec<Provider> {
    vec![google(), apple(), discord(), facebook(), github(), gitlab(), microsoft("common"), x(), generic()]
}

fn oidc_spec(provider: &Provider) -> &'static OidcSpec {
    match &provider.spec.who {
        IdentitySource::IdToken(spec) => spec,
        IdentitySource::Api(_) => panic!("{} has no id_tokens", provider.slug),
    }
}

fn oauth_spec(provider: &Provider) -> &'static OAuthSpec {
    match &provider.spec.who {
        IdentitySource::Api(spec) => spec,
        IdentitySource::IdToken(_) => panic!("{} has id_tokens", provider.slug),
    }
}

/// The profile from an id_token's claims.
fn profile_of(provider: &Provider, claims: &Value) -> Option<Profile> {
    profile_named(provider, claims, None)
}

/// The same, with a name beside the response.
fn profile_named(provider: &Provider, claims: &Value, unverified_name: Option<&str>) -> Option<Profile> {
    let claims = Claims::unverified_for_tests(claims);
    (oidc_spec(provider).profile)(provider, &Facts { claims: Some(&claims), userinfo: None, unverified_name })
}

/// The profile from an API's documents.
fn profile_from(provider: &Provider, documents: &[(&'static str, Value)]) -> Option<Profile> {
    let mut received = Documents::default();
    for (name, document) in documents {
        received.insert(name, document.clone());
    }
    (oauth_spec(provider).profile)(provider, &received)
}
