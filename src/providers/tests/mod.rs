//! Each provider's mapping from documents to a profile.

mod brands;
mod client_key;
mod client_secret;
mod every_provider;
mod of_apple;
mod of_discord;
mod of_facebook;
mod of_github;
mod of_gitlab;
mod of_google;
mod of_linkedin;
mod of_microsoft;
mod of_x;
mod read_members;
mod slug;
mod split_claims;
mod token_check;

use serde_json::Value;

use super::{
    for_tests::{provider, provider_with},
    key_for_tests::p256_key,
    *,
};
use crate::oidc::{Algorithm, Claims};

fn generic() -> Provider {
    generic_with("secret".into(), None)
}

fn generic_with(client_secret: ClientSecret, scopes: Option<&str>) -> Provider {
    open_id_connect::provider(open_id_connect::Registration {
        slug: Slug::parse("work").unwrap(),
        label: "Work".into(),
        issuer: "https://id.example".into(),
        client_id: "id".into(),
        client_secret,
        scopes: scopes.map(Scopes::parse),
        ends_session: false,
    })
}

fn microsoft(tenant: &str) -> Provider {
    provider_with("microsoft", &[("TENANT", tenant)])
}

/// The built-in ones and a generic one.
fn every_provider() -> Vec<Provider> {
    BUILT_IN.iter().map(|row| provider(row.slug)).chain([generic()]).collect()
}

fn oidc_spec(provider: &Provider) -> &'static OidcSpec {
    match &provider.spec.identity {
        IdentitySource::IdToken(spec) => spec,
        IdentitySource::Api(_) => panic!("{} has no id_tokens", provider.slug),
    }
}

fn oauth_spec(provider: &Provider) -> &'static OAuthSpec {
    match &provider.spec.identity {
        IdentitySource::Api(spec) => spec,
        IdentitySource::IdToken(_) => panic!("{} has id_tokens", provider.slug),
    }
}

/// The profile from an id_token's claims.
fn profile_of(provider: &Provider, claims: &Value) -> Option<Profile> {
    profile_named(provider, claims, None)
}

/// The same with an unsigned name beside the response.
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
