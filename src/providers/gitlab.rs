//! GitLab: OpenID Connect, at gitlab.com or where somebody runs it themselves.
//!
//! Sources: "GitLab as OpenID Connect identity provider" (docs.gitlab.com), the discovery document of gitlab.com and
//! issue 377368 of the project (what `prompt` does); read November 2026.

use std::sync::Arc;

use secrecy::SecretString;
use url::Url;

use super::{
    IdentitySource, Metadata, OidcSpec, Provider, ProviderSpec, ResponseIssuer, Slug, address, endpoints,
    standard_profile,
};
use crate::{
    oauth::TokenEncoding,
    oidc::{Algorithm, ProviderMetadata},
};

const ISSUER: &str = "https://gitlab.com";
/// Where the pictures of those who uploaded none are.
const GRAVATAR: &str = "https://secure.gravatar.com";

static SPEC: ProviderSpec = ProviderSpec {
    sign_in_scopes: &["openid", "profile", "email"],
    // `consent` is a page of errors for who is not signed in there, `select_account` an error.
    prompts: &["none"],
    extra_parameters: |_| Vec::new(),
    // GitLab knows neither `prompt=login` nor `max_age`.
    asks_again: &[],
    lets_see: None,
    token_encoding: TokenEncoding::Json,
    response_issuer: ResponseIssuer::Metadata,
    form_post: false,
    picture_origins: |provider| vec![origin(provider.metadata.issuer()), GRAVATAR.to_owned()],
    own_domains: &["gitlab.com"],
    token_check: None,
    who: IdentitySource::IdToken(OidcSpec {
        algorithms: &[Algorithm::Rs256],
        issuers: |provider, _| vec![provider.metadata.issuer().to_owned()],
        // The id_token has the address; the name is in it of late, and at userinfo always.
        userinfo_completes: true,
        admits: |_, _| true,
        // `sub` is the number of the account, which is never given again. GitLab confirms addresses and hosts none.
        profile: |provider, facts| Some(standard_profile(provider, facts, |_| false)),
    }),
};

/// Our client at GitLab; `url` is where it is run, `None` for gitlab.com.
pub fn provider(client_id: String, client_secret: SecretString, url: Option<String>) -> Provider {
    Provider {
        slug: Slug::constant("gitlab"),
        label: "GitLab".to_owned(),
        client_id,
        further_client_ids: Vec::new(),
        client_secret: client_secret.into(),
        metadata: match url {
            Some(issuer) => Metadata::Discovered { issuer },
            None => Metadata::Principal(Arc::new(metadata())),
        },
        api: None,
        tokeninfo: None,
        hosted_domain: None,
        spec: &SPEC,
    }
}

fn metadata() -> ProviderMetadata {
    ProviderMetadata {
        jwks_uri: Some(address(ISSUER, "/oauth/discovery/keys")),
        userinfo_endpoint: Some(address(ISSUER, "/oauth/userinfo")),
        revocation_endpoint: Some(address(ISSUER, "/oauth/revoke")),
        id_token_signing_alg_values_supported: vec![Algorithm::Rs256],
        ..endpoints(ISSUER, address(ISSUER, "/oauth/authorize"), address(ISSUER, "/oauth/token"), "client_secret_basic")
    }
}

/// Pictures that were uploaded are at the GitLab itself, which may be run below a path.
fn origin(issuer: &str) -> String {
    Url::parse(issuer).map(|url| url.origin().ascii_serialization()).unwrap_or_default()
}
