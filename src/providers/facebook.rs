//! Facebook: OAuth 2 and the Graph API.
//!
//! Sources: "Manually build a login flow", "Securing Graph API requests" (`appsecret_proof`) and "Graph API: User"
//! (developers.facebook.com); read November 2026.

mod debug_token;

use std::sync::Arc;

use aws_lc_rs::hmac;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use super::{
    ApiDocument, ClientSecret, Documents, IdentitySource, Metadata, OAuthSpec, Profile, ProfileEmail, Provider,
    ProviderSpec, ResponseIssuer, Slug, TokenCheck, address, endpoints, origins, spec::text,
};
use crate::oauth::TokenEncoding;

const URL: &str = "https://www.facebook.com";
const GRAPH_URL: &str = "https://graph.facebook.com";
/// Versions live about two years; the changelog of the Graph API says which.
const VERSION: &str = "v24.0";

static SPEC: ProviderSpec = ProviderSpec {
    sign_in_scopes: &["public_profile", "email"],
    prompts: &[],
    extra_parameters: |_| Vec::new(),
    asks_again: &[("auth_type", "reauthenticate")],
    lets_see: None,
    token_encoding: TokenEncoding::Json,
    response_issuer: ResponseIssuer::OwnDomain,
    form_post: false,
    picture_origins: |_| origins(&["https://*.fbcdn.net", "https://*.fbsbx.com"]),
    own_domains: &["facebook.com"],
    token_check: Some(TokenCheck { request: debug_token::request, judge: debug_token::judge }),
    who: IdentitySource::Api(OAuthSpec { documents, profile }),
};

/// Our client at Facebook; `url` and `graph_url` are those of a stand-in for development.
pub fn provider(
    client_id: String,
    client_secret: SecretString,
    url: Option<String>,
    graph_url: Option<String>,
) -> Provider {
    let url = url.as_deref().unwrap_or(URL);
    let graph = graph_url.unwrap_or_else(|| GRAPH_URL.to_owned());
    Provider {
        slug: Slug::constant("facebook"),
        label: "Facebook".to_owned(),
        client_id,
        further_client_ids: Vec::new(),
        client_secret: client_secret.into(),
        metadata: Metadata::Principal(Arc::new(endpoints(
            url,
            address(url, &format!("/{VERSION}/dialog/oauth")),
            address(&graph, &format!("/{VERSION}/oauth/access_token")),
            "client_secret_post",
        ))),
        api: Some(graph),
        tokeninfo: None,
        hosted_domain: None,
        spec: &SPEC,
    }
}

fn documents(provider: &Provider, access_token: &SecretString) -> Vec<ApiDocument> {
    let graph = provider.api.as_deref().unwrap_or(GRAPH_URL);
    let mut url = address(graph, &format!("/{VERSION}/me"));
    url.query_pairs_mut().append_pair("fields", "id,name,email,picture.width(256)");
    if let ClientSecret::Fixed(secret) = &provider.client_secret {
        url.query_pairs_mut().append_pair("appsecret_proof", &appsecret_proof(access_token, secret));
    }
    vec![ApiDocument { name: "me", url, required: true }]
}

/// HMAC-SHA256 of the access token, keyed with the app's secret, in hex: a token that was stolen is of no use without
/// the secret, and an app can require it.
fn appsecret_proof(access_token: &SecretString, secret: &SecretString) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.expose_secret().as_bytes());
    let tag = hmac::sign(&key, access_token.expose_secret().as_bytes());
    tag.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The id is the app's own for the person. An address may be missing (accounts by telephone), and nothing says that it
/// was verified: it never counts as such.
fn profile(provider: &Provider, documents: &Documents) -> Option<Profile> {
    let me = documents.get("me");
    Some(Profile {
        issuer: provider.metadata.issuer().to_owned(),
        subject: text(me, "id")?.to_owned(),
        provider: provider.slug.as_str().to_owned(),
        email: text(me, "email").map(|address| ProfileEmail {
            unverified_address: address.to_owned(),
            verified_by_provider: false,
            provider_is_authoritative: false,
        }),
        name: text(me, "name").map(str::to_owned),
        picture: me.pointer("/picture/data/url").and_then(Value::as_str).map(str::to_owned),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 4231 §4.3, test case 2.
    #[test]
    fn the_proof_is_hmac_sha256_in_hex() {
        assert_eq!(
            appsecret_proof(&"what do ya want for nothing?".into(), &"Jefe".into()),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
    }
}
