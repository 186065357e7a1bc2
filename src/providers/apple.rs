//! Apple.
//!
//! Sources: "Sign in with Apple REST API", "Creating a client secret", "Generate and validate tokens"
//! (developer.apple.com/documentation/signinwithapplerestapi); read November 2026.

use std::sync::Arc;

use serde_json::Value;

use super::{
    AppleKey, ClientSecret, Facts, IdentitySource, Metadata, OidcSpec, Profile, ProfileEmail, Provider, ProviderSpec,
    ResponseIssuer, Slug, address, endpoints, spec::text,
};
use crate::{
    oauth::{TokenEncoding, parse_json},
    oidc::{Algorithm, ProviderMetadata},
};

const ISSUER: &str = "https://appleid.apple.com";
/// What the discovery document named for a while in June 2025.
const OTHER_ISSUER: &str = "https://account.apple.com";
/// Longest first or last name, in characters.
const LONGEST_PART: usize = 100;
/// Domains whose mailboxes Apple runs; the first one's addresses forward to the person's own.
const OWN_DOMAINS: [&str; 4] = ["privaterelay.appleid.com", "icloud.com", "me.com", "mac.com"];

static SPEC: ProviderSpec = ProviderSpec {
    sign_in_scopes: &["openid", "name", "email"],
    prompts: &[],
    // Asking for a name or an address forces it.
    extra_parameters: |_| vec![("response_mode", "form_post")],
    asks_again: &[],
    lets_see: None,
    token_encoding: TokenEncoding::Json,
    response_issuer: ResponseIssuer::OwnDomain,
    form_post: true,
    picture_origins: |_| Vec::new(),
    own_domains: &["apple.com"],
    token_check: None,
    who: IdentitySource::IdToken(OidcSpec {
        algorithms: &[Algorithm::Rs256],
        issuers: |provider, _| token_issuers(provider.metadata.issuer()),
        userinfo_completes: false,
        admits: |_, _| true,
        profile,
    }),
};

/// Our client (a Services ID) at Apple; `endpoint_override` is the issuer of a stand-in for development.
pub fn provider(client_id: String, key: AppleKey, endpoint_override: Option<String>) -> Provider {
    Provider {
        slug: Slug::constant("apple"),
        label: "Apple".to_owned(),
        client_id,
        further_client_ids: Vec::new(),
        client_secret: ClientSecret::Apple(key),
        metadata: match endpoint_override {
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
        jwks_uri: Some(address(ISSUER, "/auth/keys")),
        revocation_endpoint: Some(address(ISSUER, "/auth/revoke")),
        id_token_signing_alg_values_supported: vec![Algorithm::Rs256],
        ..endpoints(ISSUER, address(ISSUER, "/auth/authorize"), address(ISSUER, "/auth/token"), "client_secret_post")
    }
}

fn token_issuers(issuer: &str) -> Vec<String> {
    let mut issuers = vec![issuer.to_owned()];
    issuers.extend((issuer == ISSUER).then(|| OTHER_ISSUER.to_owned()));
    issuers
}

/// The id_token has no name; it comes once, beside the first response, and unsigned.
fn profile(provider: &Provider, facts: &Facts<'_>) -> Option<Profile> {
    Some(Profile {
        issuer: provider.metadata.issuer().to_owned(),
        subject: facts.subject().to_owned(),
        provider: provider.slug.as_str().to_owned(),
        email: facts.text("email").map(|address| ProfileEmail {
            unverified_address: address.to_owned(),
            verified_by_provider: is_true(facts.value("email_verified")),
            provider_is_authoritative: is_own(address),
        }),
        name: facts.unverified_name.map(str::to_owned),
        picture: None,
    })
}

/// The name in the `user` field of the response to the first consent: JSON that nobody signed, so that it is fit for
/// display and for nothing else. Each part is cut at `LONGEST_PART`.
pub fn name_of_user(user: &str) -> Option<String> {
    let user = parse_json(user.as_bytes()).ok()?;
    let name = user.get("name")?;
    let parts = ["firstName", "lastName"].into_iter().filter_map(|part| text(name, part));
    let parts: Vec<String> = parts.map(|part| part.trim().chars().take(LONGEST_PART).collect()).collect();
    let full = parts.join(" ").trim().to_owned();
    (!full.is_empty()).then_some(full)
}

/// Apple writes its booleans as strings, too (developer forums, thread 746352).
fn is_true(value: Option<&Value>) -> bool {
    matches!(value, Some(Value::Bool(true))) || value.and_then(Value::as_str) == Some("true")
}

fn is_own(address: &str) -> bool {
    address.rsplit_once('@').is_some_and(|(local, domain)| {
        !local.is_empty() && OWN_DOMAINS.iter().any(|own| domain.eq_ignore_ascii_case(own))
    })
}
