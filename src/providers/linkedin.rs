//! LinkedIn: OpenID Connect without nonce and without PKCE.
//!
//! Sources: "Sign In with LinkedIn using OpenID Connect", "Authorization Code Flow (3-legged OAuth)" and "Authenticating with
//! OAuth 2.0 for Native Clients" (learn.microsoft.com/linkedin), and its discovery document at
//! `www.linkedin.com/oauth/.well-known/openid-configuration`; read November 2026.
//!
//! The id_token never has the nonce of the request: reported in linkedin-api-js-client#34, authlib#763 and social-core#833.
//! PKCE is enabled by LinkedIn for single native apps; a token request of any other client with a `code_verifier` fails with
//! `invalid_client` (executor#2087, hanko#2405). So neither of the two defences of RFC 9700 §2.1.1 against injected codes is
//! available. What remains: `state` is bound to the browser, the redirect URI is LinkedIn's alone, a code works once and only
//! with our secret, and an email address that an account here already has is never linked without asking.

use super::{
    BuiltIn, ButtonColours, Facts, IdentitySource, Metadata, Note, OidcSpec, Profile, Provider, ProviderSpec,
    ResponseIssuer, SettingError, Settings, Variable, VariableKind::IssuerOverride, endpoint_url, endpoints, origins,
    standard_profile,
};
use crate::oidc::{Algorithm, ProviderMetadata};

const ISSUER: &str = "https://www.linkedin.com/oauth";
/// The issuer until April 2024 (keycloak#28686), and in examples of the documentation.
const OLD_ISSUER: &str = "https://www.linkedin.com";
const USERINFO_ENDPOINT: &str = "https://api.linkedin.com/v2/userinfo";

pub(super) static LINKEDIN: BuiltIn = BuiltIn {
    optional: &[Variable::new("ISSUER", IssuerOverride)],
    notes: &[Note::new(
        "access tokens last sixty days and cannot be refreshed",
        "nothing to do: sign-in needs none afterwards",
    )],
    // LinkedIn's blue; white on it has a contrast of 5.7.
    ..BuiltIn::new(("linkedin", "LinkedIn"), &SPEC, ButtonColours::filled("#0a66c2", "#004182"), provider)
};

static SPEC: ProviderSpec = ProviderSpec {
    pkce: false,
    response_issuer: ResponseIssuer::OwnDomain,
    picture_origins: |_| origins(&["https://media.licdn.com"]),
    own_domains: &["linkedin.com"],
    ..ProviderSpec::new(&["openid", "profile", "email"], IdentitySource::IdToken(OIDC))
};

const OIDC: OidcSpec = OidcSpec {
    issuers: |provider, _| token_issuers(provider.metadata.issuer()),
    nonce: false,
    // The documentation promises the claims in both documents; `email` and `email_verified` are optional.
    userinfo_completes: true,
    ..OidcSpec::new(profile)
};

fn provider(settings: &Settings) -> Result<Provider, SettingError> {
    Ok(LINKEDIN.client(settings, Metadata::or_discovered(settings.get("ISSUER"), metadata)))
}

fn metadata() -> ProviderMetadata {
    ProviderMetadata {
        jwks_uri: Some(endpoint_url(ISSUER, "/openid/jwks")),
        userinfo_endpoint: Some(endpoint_url(USERINFO_ENDPOINT, "")),
        id_token_signing_alg_values_supported: vec![Algorithm::Rs256],
        code_challenge_methods_supported: Vec::new(),
        ..endpoints(
            ISSUER,
            endpoint_url(ISSUER, "/v2/authorization"),
            endpoint_url(ISSUER, "/v2/accessToken"),
            // The documentation has the credentials in the body alone (linkedin-api-python-client#63).
            "client_secret_post",
        )
    }
}

fn token_issuers(issuer: &str) -> Vec<String> {
    let mut issuers = vec![issuer.to_owned()];
    issuers.extend((issuer == ISSUER).then(|| OLD_ISSUER.to_owned()));
    issuers
}

/// `sub` identifies the member to this app. `email_verified` may be a string in the id_token and a boolean at userinfo.
/// LinkedIn runs no mailboxes.
fn profile(provider: &Provider, facts: &Facts<'_>) -> Option<Profile> {
    let mut profile = standard_profile(provider, facts, |_| false);
    if let Some(email) = &mut profile.email {
        email.verified_by_provider = facts.is_true_or_text("email_verified");
    }
    Some(profile)
}
