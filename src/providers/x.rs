//! X: OAuth 2 with PKCE.
//!
//! Sources: "OAuth 2.0 Authorization Code Flow with PKCE" and "Users lookup: authenticated user" (docs.x.com); read
//! November 2026.

use std::sync::Arc;

use secrecy::SecretString;

use super::{
    ApiDocument, Documents, IdentitySource, Metadata, OAuthSpec, Profile, ProfileEmail, Provider, ProviderSpec,
    ResponseIssuer, Slug, address, endpoints, origins, spec::text,
};
use crate::oauth::TokenEncoding;

const URL: &str = "https://x.com";
const API_URL: &str = "https://api.x.com";

static SPEC: ProviderSpec = ProviderSpec {
    // `users/me` wants `tweet.read`, too.
    sign_in_scopes: &["users.read", "users.email", "tweet.read"],
    prompts: &[],
    extra_parameters: |_| Vec::new(),
    asks_again: &[],
    lets_see: None,
    token_encoding: TokenEncoding::Json,
    response_issuer: ResponseIssuer::OwnDomain,
    form_post: false,
    picture_origins: |_| origins(&["https://pbs.twimg.com"]),
    own_domains: &["x.com", "twitter.com"],
    token_check: None,
    who: IdentitySource::Api(OAuthSpec { documents, profile }),
};

/// Our client at X; `url` and `api_url` are those of a stand-in for development.
pub fn provider(
    client_id: String,
    client_secret: SecretString,
    url: Option<String>,
    api_url: Option<String>,
) -> Provider {
    let url = url.as_deref().unwrap_or(URL);
    let api = api_url.unwrap_or_else(|| API_URL.to_owned());
    Provider {
        slug: Slug::constant("x"),
        label: "X".to_owned(),
        client_id,
        further_client_ids: Vec::new(),
        client_secret: client_secret.into(),
        metadata: Metadata::Principal(Arc::new(endpoints(
            url,
            address(url, "/i/oauth2/authorize"),
            address(&api, "/2/oauth2/token"),
            // A confidential client authenticates by Basic, and only so.
            "client_secret_basic",
        ))),
        api: Some(api),
        tokeninfo: None,
        hosted_domain: None,
        spec: &SPEC,
    }
}

fn documents(provider: &Provider, _: &SecretString) -> Vec<ApiDocument> {
    let api = provider.api.as_deref().unwrap_or(API_URL);
    let url = address(api, "/2/users/me?user.fields=confirmed_email,profile_image_url");
    vec![ApiDocument { name: "me", url, required: true }]
}

/// The id is a string of digits, too long for a JSON number. `confirmed_email` is confirmed by X, which runs no
/// mailboxes.
fn profile(provider: &Provider, documents: &Documents) -> Option<Profile> {
    let data = documents.get("me").get("data")?;
    Some(Profile {
        issuer: provider.metadata.issuer().to_owned(),
        subject: text(data, "id")?.to_owned(),
        provider: provider.slug.as_str().to_owned(),
        email: text(data, "confirmed_email").map(|address| ProfileEmail {
            unverified_address: address.to_owned(),
            verified_by_provider: true,
            provider_is_authoritative: false,
        }),
        name: text(data, "name").or_else(|| text(data, "username")).map(str::to_owned),
        picture: text(data, "profile_image_url").map(str::to_owned),
    })
}
