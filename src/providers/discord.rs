//! Discord: OAuth 2, no id_token.
//!
//! Sources: "OAuth2", "User" and "Reference: image formatting" (docs.discord.com), and the authorization server metadata
//! at `discord.com/.well-known/oauth-authorization-server`; read November 2026.

use std::sync::Arc;

use secrecy::SecretString;
use serde_json::Value;

use super::{
    ApiDocument, Documents, IdentitySource, Metadata, OAuthSpec, Profile, ProfileEmail, Provider, ProviderSpec,
    ResponseIssuer, Slug, address, endpoints, origins, spec::text,
};
use crate::{oauth::TokenEncoding, oidc::ProviderMetadata};

const URL: &str = "https://discord.com";
const PICTURES: &str = "https://cdn.discordapp.com";

static SPEC: ProviderSpec = ProviderSpec {
    sign_in_scopes: &["identify", "email"],
    // `none` skips the consent screen for those who have agreed before; the others see it all the same.
    prompts: &["consent", "none"],
    extra_parameters: |_| Vec::new(),
    asks_again: &[("prompt", "consent")],
    lets_see: None,
    token_encoding: TokenEncoding::Json,
    response_issuer: ResponseIssuer::Metadata,
    form_post: false,
    picture_origins: |_| origins(&[PICTURES]),
    own_domains: &["discord.com"],
    token_check: None,
    who: IdentitySource::Api(OAuthSpec { documents, profile }),
};

/// Our client at Discord; `url` is that of a stand-in for development.
pub fn provider(client_id: String, client_secret: SecretString, url: Option<String>) -> Provider {
    let url = url.as_deref().unwrap_or(URL);
    Provider {
        slug: Slug::constant("discord"),
        label: "Discord".to_owned(),
        client_id,
        further_client_ids: Vec::new(),
        client_secret: client_secret.into(),
        // Its metadata announces `iss` in the response; its documentation does not. Checked when it is there.
        metadata: Metadata::Principal(Arc::new(ProviderMetadata {
            revocation_endpoint: Some(address(url, "/api/oauth2/token/revoke")),
            ..endpoints(url, address(url, "/oauth2/authorize"), address(url, "/api/oauth2/token"), "client_secret_post")
        })),
        api: Some(format!("{url}/api")),
        tokeninfo: None,
        hosted_domain: None,
        spec: &SPEC,
    }
}

fn documents(provider: &Provider, _: &SecretString) -> Vec<ApiDocument> {
    let api = provider.api.as_deref().unwrap_or_default();
    vec![ApiDocument { name: "me", url: address(api, "/users/@me"), required: true }]
}

/// The id is a snowflake, a number of 64 bits that is written as a text. Names change and pass to others. `verified` is
/// about the address, which Discord hosts none of.
fn profile(provider: &Provider, documents: &Documents) -> Option<Profile> {
    let me = documents.get("me");
    let id = text(me, "id").filter(|id| id.bytes().all(|byte| byte.is_ascii_digit()))?;
    Some(Profile {
        issuer: provider.metadata.issuer().to_owned(),
        subject: id.to_owned(),
        provider: provider.slug.as_str().to_owned(),
        email: text(me, "email").map(|address| ProfileEmail {
            unverified_address: address.to_owned(),
            verified_by_provider: me.get("verified").and_then(Value::as_bool) == Some(true),
            provider_is_authoritative: false,
        }),
        name: text(me, "global_name").or_else(|| text(me, "username")).map(str::to_owned),
        picture: text(me, "avatar").and_then(|hash| picture(provider, id, hash)),
    })
}

/// The picture's address is made of id and hash; a hash is letters, digits and `_`.
fn picture(provider: &Provider, id: &str, hash: &str) -> Option<String> {
    let is_hash = hash.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let issuer = provider.metadata.issuer();
    let base = if issuer == URL { PICTURES } else { issuer };
    is_hash.then(|| format!("{base}/avatars/{id}/{hash}.png"))
}
