//! GitLab: OpenID Connect, at gitlab.com or self-hosted.
//!
//! Sources: "GitLab as OpenID Connect identity provider" (docs.gitlab.com), the discovery document of gitlab.com and
//! issue 377368 of the project (what `prompt` does); read November 2026.

use url::Url;

use super::{
    BuiltIn, ButtonColours, IdentitySource, Metadata, OidcSpec, Palette, Provider, ProviderSpec, SettingError,
    Settings, Variable, VariableKind::Instance, endpoint_url, endpoints, standard_profile,
};
use crate::oidc::{Algorithm, ProviderMetadata};

const ISSUER: &str = "https://gitlab.com";
/// Where the pictures of users are who uploaded none.
const GRAVATAR: &str = "https://secure.gravatar.com";

pub(super) static GITLAB: BuiltIn = BuiltIn {
    optional: &[Variable::new("URL", Instance)],
    // The mark keeps its oranges, on white or on GitLab's charcoal.
    ..BuiltIn::new(
        ("gitlab", "GitLab"),
        &SPEC,
        ButtonColours {
            light: Palette::new("#ffffff", "#f3f1f6", "#89888d", "#171321"),
            dark: Palette::new("#171321", "#2b2838", "#89888d", "#ffffff"),
        },
        provider,
    )
};

static SPEC: ProviderSpec = ProviderSpec {
    // `consent` shows an error page to users who are not signed in there, and `select_account` is an error. GitLab supports
    // neither `prompt=login` nor `max_age`.
    prompts: &["none"],
    picture_origins: |provider| vec![origin(provider.metadata.issuer()), GRAVATAR.to_owned()],
    own_domains: &["gitlab.com"],
    ..ProviderSpec::new(&["openid", "profile", "email"], IdentitySource::IdToken(OIDC))
};

const OIDC: OidcSpec = OidcSpec {
    // The id_token has the email address; only newer versions put the name there, too. Userinfo always has it.
    userinfo_completes: true,
    // `sub` is the account's number, which is never reassigned. GitLab verifies email addresses and runs no mailboxes.
    ..OidcSpec::new(|provider, facts| Some(standard_profile(provider, facts, |_| false)))
};

fn provider(settings: &Settings) -> Result<Provider, SettingError> {
    Ok(GITLAB.client(settings, Metadata::or_discovered(settings.get("URL"), metadata)))
}

fn metadata() -> ProviderMetadata {
    ProviderMetadata {
        jwks_uri: Some(endpoint_url(ISSUER, "/oauth/discovery/keys")),
        userinfo_endpoint: Some(endpoint_url(ISSUER, "/oauth/userinfo")),
        revocation_endpoint: Some(endpoint_url(ISSUER, "/oauth/revoke")),
        id_token_signing_alg_values_supported: vec![Algorithm::Rs256],
        ..endpoints(
            ISSUER,
            endpoint_url(ISSUER, "/oauth/authorize"),
            endpoint_url(ISSUER, "/oauth/token"),
            "client_secret_basic",
        )
    }
}

/// Uploaded pictures are on the instance itself, which may be below a path.
fn origin(issuer: &str) -> String {
    Url::parse(issuer).map(|url| url.origin().ascii_serialization()).unwrap_or_default()
}
