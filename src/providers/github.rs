//! GitHub: OAuth 2, no id_token.
//!
//! Sources: "Authorizing OAuth apps", "REST API endpoints for users" and "REST API endpoints for emails"
//! (docs.github.com); read November 2026.

mod check_token;

use std::sync::Arc;

use secrecy::SecretString;
use serde_json::Value;

use super::{
    ApiDocument, Documents, IdentitySource, Metadata, OAuthSpec, Profile, ProfileEmail, Provider, ProviderSpec,
    ResponseIssuer, Slug, TokenCheck, address, endpoints, origins, spec::text,
};
use crate::oauth::TokenEncoding;

const URL: &str = "https://github.com";
const API_URL: &str = "https://api.github.com";

static SPEC: ProviderSpec = ProviderSpec {
    sign_in_scopes: &["read:user", "user:email"],
    prompts: &["select_account"],
    extra_parameters: |_| Vec::new(),
    asks_again: &[("prompt", "select_account")],
    lets_see: None,
    // A form, unless JSON is asked for, which we do; errors arrive with status 200.
    token_encoding: TokenEncoding::JsonOrForm,
    response_issuer: ResponseIssuer::Metadata,
    form_post: false,
    picture_origins: |_| origins(&["https://avatars.githubusercontent.com"]),
    own_domains: &["github.com"],
    token_check: Some(TokenCheck { request: check_token::request, judge: check_token::judge }),
    who: IdentitySource::Api(OAuthSpec { documents, profile }),
};

/// Our client at GitHub; `url` and `api_url` are those of a stand-in for development.
pub fn provider(
    client_id: String,
    client_secret: SecretString,
    url: Option<String>,
    api_url: Option<String>,
) -> Provider {
    let url = url.as_deref().unwrap_or(URL);
    Provider {
        slug: Slug::constant("github"),
        label: "GitHub".to_owned(),
        client_id,
        further_client_ids: Vec::new(),
        client_secret: client_secret.into(),
        metadata: Metadata::Principal(Arc::new(endpoints(
            // What GitHub calls itself in `iss`, since 2026.
            &format!("{url}/login/oauth"),
            address(url, "/login/oauth/authorize"),
            address(url, "/login/oauth/access_token"),
            "client_secret_post",
        ))),
        api: Some(api_url.unwrap_or_else(|| API_URL.to_owned())),
        tokeninfo: None,
        hosted_domain: None,
        spec: &SPEC,
    }
}

/// `/user` shows a public address at most, and nobody says that it is verified; `/user/emails` knows. It is closed to
/// a GitHub App without that permission (403) and to a token without the scope (404).
fn documents(provider: &Provider, _: &SecretString) -> Vec<ApiDocument> {
    let api = provider.api.as_deref().unwrap_or(API_URL);
    vec![
        ApiDocument { name: "user", url: address(api, "/user"), required: true },
        ApiDocument { name: "emails", url: address(api, "/user/emails"), required: false },
    ]
}

/// The number is the identity; a login can be renamed, and then belongs to somebody else.
fn profile(provider: &Provider, documents: &Documents) -> Option<Profile> {
    let user = documents.get("user");
    let id = user.get("id").and_then(Value::as_u64).filter(|id| *id > 0)?;
    Some(Profile {
        issuer: provider.metadata.issuer().to_owned(),
        subject: id.to_string(),
        provider: provider.slug.as_str().to_owned(),
        email: primary_and_verified(documents.get("emails")),
        name: text(user, "name").or_else(|| text(user, "login")).map(str::to_owned),
        picture: text(user, "avatar_url").map(str::to_owned),
    })
}

/// Primary *and* verified, and no other as a fallback: taking any address at all is how accounts were taken over
/// (GHSA-6j36-r6pr-59x4).
fn primary_and_verified(emails: &Value) -> Option<ProfileEmail> {
    let is = |email: &Value, name: &str| email.get(name).and_then(Value::as_bool) == Some(true);
    let email = emails.as_array()?.iter().find(|email| is(email, "primary") && is(email, "verified"))?;
    Some(ProfileEmail {
        unverified_address: text(email, "email")?.to_owned(),
        verified_by_provider: true,
        provider_is_authoritative: false,
    })
}
