//! Apple: OpenID Connect with `form_post` and a signed client secret.
//!
//! Sources: "Sign in with Apple REST API", "Creating a client secret", "Generate and validate tokens"
//! (developer.apple.com/documentation/signinwithapplerestapi); read November 2026.

use super::{
    AppleKey, AuthenticationClaims, BuiltIn, ButtonColours, ClientSecret, Facts, IdentitySource, Metadata, Note,
    OidcSpec, Profile, ProfileEmail, Provider, ProviderSpec, ResponseIssuer, SettingError, Settings, Variable,
    VariableKind::IssuerOverride, endpoint_url, endpoints, spec::text,
};
use crate::{
    oauth::parse_received_json,
    oidc::{Algorithm, ProviderMetadata},
};

const ISSUER: &str = "https://appleid.apple.com";
/// The issuer of the discovery document for a while in June 2025.
const OTHER_ISSUER: &str = "https://account.apple.com";
/// Longest first or last name, in characters.
const LONGEST_PART: usize = 100;
/// Domains whose mailboxes Apple runs; addresses of the first one forward to the user's own.
const OWN_DOMAINS: [&str; 4] = ["privaterelay.appleid.com", "icloud.com", "me.com", "mac.com"];

pub(super) static APPLE: BuiltIn = BuiltIn {
    required: &["CLIENT_ID", "TEAM_ID", "KEY_ID", "PRIVATE_KEY"],
    optional: &[Variable::new("ISSUER", IssuerOverride)],
    notes: &[Note::new(
        "the user's name comes once, at the first consent",
        "to see it again, remove the app in the account's settings at Apple",
    )],
    ..BuiltIn::new(("apple", "Apple"), &SPEC, ButtonColours::BLACK_AND_WHITE, provider)
};

static SPEC: ProviderSpec = ProviderSpec {
    // Required with the scopes `name` and `email`.
    extra_parameters: |_| vec![("response_mode", "form_post")],
    response_issuer: ResponseIssuer::OwnDomain,
    form_post: true,
    own_domains: &["apple.com"],
    ..ProviderSpec::new(&["openid", "name", "email"], IdentitySource::IdToken(OIDC))
};

const OIDC: OidcSpec = OidcSpec {
    issuers: |provider, _| token_issuers(provider.metadata.issuer()),
    claims: &["email", "email_verified"],
    ..OidcSpec::new(profile)
};

/// `CLIENT_ID` is a Services ID.
fn provider(settings: &Settings) -> Result<Provider, SettingError> {
    let [team_id, key_id] = ["TEAM_ID", "KEY_ID"].map(|name| settings.required(name).to_owned());
    let key = AppleKey::new(team_id, key_id, &settings.required("PRIVATE_KEY").into()).map_err(|_| SettingError {
        name: "PRIVATE_KEY",
        problem: "must be the content of the .p8 file from Apple, from -----BEGIN PRIVATE KEY----- to the end; its line breaks may be written \\n",
    })?;
    let metadata = Metadata::or_discovered(settings.get("ISSUER"), metadata);
    Ok(APPLE.client_with(settings, ClientSecret::Apple(key), metadata))
}

fn metadata() -> ProviderMetadata {
    ProviderMetadata {
        jwks_uri: Some(endpoint_url(ISSUER, "/auth/keys")),
        revocation_endpoint: Some(endpoint_url(ISSUER, "/auth/revoke")),
        id_token_signing_alg_values_supported: vec![Algorithm::Rs256],
        ..endpoints(
            ISSUER,
            endpoint_url(ISSUER, "/auth/authorize"),
            endpoint_url(ISSUER, "/auth/token"),
            "client_secret_post",
        )
    }
}

fn token_issuers(issuer: &str) -> Vec<String> {
    let mut issuers = vec![issuer.to_owned()];
    issuers.extend((issuer == ISSUER).then(|| OTHER_ISSUER.to_owned()));
    issuers
}

/// The id_token has no name: it comes once, beside the first authorization response, unsigned. Apple also writes booleans as
/// strings (developer forums, thread 746352).
fn profile(provider: &Provider, facts: &Facts<'_>) -> Option<Profile> {
    Some(Profile {
        issuer: provider.metadata.issuer().to_owned(),
        subject: facts.subject().to_owned(),
        provider: provider.slug.as_str().to_owned(),
        email: facts.text("email").map(|address| ProfileEmail {
            unverified_email: address.to_owned(),
            verified_by_provider: facts.is_true_or_text("email_verified"),
            provider_is_authoritative: is_own(address),
        }),
        name: facts.unverified_name.map(str::to_owned),
        picture: None,
        authentication: AuthenticationClaims::default(),
    })
}

/// The name in the `user` field of the response to the first consent: unsigned JSON, for display only. Each part is cut at
/// `LONGEST_PART`.
pub fn name_of_user(user: &str) -> Option<String> {
    let user = parse_received_json(user.as_bytes(), &["name.firstName", "name.lastName"]).ok()?;
    let name = user.get("name")?;
    let parts = ["firstName", "lastName"].into_iter().filter_map(|part| text(name, part));
    let parts: Vec<String> = parts.map(|part| part.trim().chars().take(LONGEST_PART).collect()).collect();
    let full = parts.join(" ").trim().to_owned();
    (!full.is_empty()).then_some(full)
}

fn is_own(address: &str) -> bool {
    address.rsplit_once('@').is_some_and(|(local, domain)| {
        !local.is_empty() && OWN_DOMAINS.iter().any(|own| domain.eq_ignore_ascii_case(own))
    })
}
