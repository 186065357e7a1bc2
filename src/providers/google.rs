//! Google.
//!
//! Sources: "OpenID Connect" (developers.google.com/identity/openid-connect/openid-connect, endpoints and claims),
//! its discovery document at `accounts.google.com`, and "Account linking: authoritative e-mail" in
//! "Verify the Google ID token on your server side"; read November 2026. For what we may see: "Using OAuth 2.0 for Web Server
//! Applications" (offline access, incremental authorization, revocation; developers.google.com/identity/protocols/oauth2/web-server)
//! and "OAuth 2.0 Scopes for Google APIs"; read November 2026.

mod tokeninfo;

use std::sync::Arc;

use secrecy::SecretString;
use url::Url;

use super::{
    ApiAccess, Facts, IdentitySource, Metadata, OidcSpec, Profile, Provider, ProviderSpec, ResponseIssuer, Slug,
    TokenCheck, address, origins, standard_profile,
};
use crate::{
    codes::access::Access,
    oauth::TokenEncoding,
    oidc::{Algorithm, ProviderMetadata},
};

const ISSUER: &str = "https://accounts.google.com";
const AUTHORIZATION_ENDPOINT: &str = "https://accounts.google.com/o/oauth2/v2/auth";
const TOKEN_ENDPOINT: &str = "https://oauth2.googleapis.com/token";
const JWKS_URI: &str = "https://www.googleapis.com/oauth2/v3/certs";
const USERINFO_ENDPOINT: &str = "https://openidconnect.googleapis.com/v1/userinfo";
const REVOCATION_ENDPOINT: &str = "https://oauth2.googleapis.com/revoke";
/// Drive, Calendar and the others. One host for all, as their discovery documents say.
const API_URL: &str = "https://www.googleapis.com";

/// Names, kinds and dates of the files in Drive, not what is in them. The least that a list of files needs.
pub const DRIVE_METADATA_READONLY: &str = "https://www.googleapis.com/auth/drive.metadata.readonly";
/// Events on the person's calendars. The least that a list of events needs.
pub const CALENDAR_EVENTS_READONLY: &str = "https://www.googleapis.com/auth/calendar.events.readonly";

pub(super) static SPEC: ProviderSpec = ProviderSpec {
    sign_in_scopes: &["openid", "email", "profile"],
    // Google knows no `login`; it ignores what it does not know.
    prompts: &["select_account", "consent", "none"],
    // A hint for the account chooser, no more: the claim is what counts.
    extra_parameters: |provider| provider.hosted_domain.as_deref().map(|domain| ("hd", domain)).into_iter().collect(),
    // There is no `login` here; a choice is the most that can be asked for.
    asks_again: &[("prompt", "select_account")],
    lets_see: Some(ApiAccess {
        scopes: |access| match access {
            Access::Drive => &[DRIVE_METADATA_READONLY],
            Access::Calendar => &[CALENDAR_EVENTS_READONLY],
        },
        // A refresh token comes with consent only, so consent is asked for each time. What was granted before is granted
        // along: one token for all of it, and what the answer names is the whole grant.
        offline: &[("access_type", "offline"), ("include_granted_scopes", "true"), ("prompt", "consent")],
        // Its answers name these beside the short ones.
        sign_in_aliases: &[
            "https://www.googleapis.com/auth/userinfo.email",
            "https://www.googleapis.com/auth/userinfo.profile",
        ],
        by_hand: "https://myaccount.google.com/connections",
        // "Six months" (refresh token expiration; read November 2026).
        unused_days: 183,
    }),
    token_encoding: TokenEncoding::Json,
    response_issuer: ResponseIssuer::Metadata,
    form_post: false,
    picture_origins: |_| origins(&["https://*.googleusercontent.com"]),
    own_domains: &["google.com", "googleapis.com"],
    token_check: Some(TokenCheck { request: tokeninfo::request, judge: tokeninfo::judge }),
    who: IdentitySource::IdToken(OidcSpec {
        algorithms: &[Algorithm::Rs256],
        issuers: |provider, _| token_issuers(provider.metadata.issuer()),
        userinfo_completes: false,
        admits: |provider, facts| is_of_domain(facts, provider.hosted_domain.as_deref()),
        profile: |provider, facts| Some(profile(provider, facts)),
    }),
};

/// Our client at Google; `endpoint_override` is the issuer of a stand-in for development, `tokeninfo` and `api` are its addresses,
/// and `hosted_domain` the one Workspace domain whose accounts are admitted.
///
/// Without `tokeninfo` a stand-in is asked below its issuer. A stand-in without an API of its own has none: the tokens of one are not for the API of the other.
pub fn provider(
    client_id: String,
    client_secret: SecretString,
    endpoint_override: Option<String>,
    tokeninfo: Option<String>,
    api: Option<String>,
    hosted_domain: Option<String>,
) -> Provider {
    // A stand-in's tokens are never shown to Google.
    let beside = || endpoint_override.as_deref().map(|issuer| format!("{}/tokeninfo", issuer.trim_end_matches('/')));
    let tokeninfo = tokeninfo.or_else(beside).unwrap_or_else(|| tokeninfo::ENDPOINT.to_owned());
    Provider {
        slug: Slug::constant("google"),
        label: "Google".to_owned(),
        client_id,
        further_client_ids: Vec::new(),
        client_secret: client_secret.into(),
        api: api.or_else(|| endpoint_override.is_none().then(|| API_URL.to_owned())),
        metadata: match endpoint_override {
            Some(issuer) => Metadata::Discovered { issuer },
            None => Metadata::Principal(Arc::new(metadata())),
        },
        tokeninfo: Url::parse(&tokeninfo).ok(),
        hosted_domain,
        spec: &SPEC,
    }
}

/// The endpoints as of the documentation, so that a start needs no network.
fn metadata() -> ProviderMetadata {
    ProviderMetadata {
        issuer: ISSUER.to_owned(),
        authorization_endpoint: address(AUTHORIZATION_ENDPOINT, ""),
        token_endpoint: address(TOKEN_ENDPOINT, ""),
        jwks_uri: Some(address(JWKS_URI, "")),
        userinfo_endpoint: Some(address(USERINFO_ENDPOINT, "")),
        revocation_endpoint: Some(address(REVOCATION_ENDPOINT, "")),
        end_session_endpoint: None,
        token_endpoint_auth_methods_supported: vec!["client_secret_post".to_owned(), "client_secret_basic".to_owned()],
        // Google began to send `iss`; its metadata does not promise it yet. Checked when it is there.
        authorization_response_iss_parameter_supported: false,
        id_token_signing_alg_values_supported: vec![Algorithm::Rs256],
        code_challenge_methods_supported: vec!["S256".to_owned()],
    }
}

/// Google's id_tokens name the issuer with or without the scheme ("Validating an ID token", step 2).
fn token_issuers(issuer: &str) -> Vec<String> {
    let mut issuers = vec![issuer.to_owned()];
    if let Some(bare) = issuer.strip_prefix("https://") {
        issuers.push(bare.to_owned());
    }
    issuers
}

/// `hd` says which Workspace an account belongs to; the domain of the e-mail address says nothing of the kind, as
/// anybody can have a Google account with a foreign address.
fn is_of_domain(facts: &Facts<'_>, domain: Option<&str>) -> bool {
    domain.is_none_or(|domain| facts.text("hd") == Some(domain))
}

/// Google is authoritative for an address when it hosts the mailbox: `@gmail.com`, or a Workspace account, which
/// carries `hd`. For any other address somebody else may own the mailbox today.
fn profile(provider: &Provider, facts: &Facts<'_>) -> Profile {
    let is_workspace = facts.text("hd").is_some();
    standard_profile(provider, facts, |address| is_workspace || is_gmail(address))
}

fn is_gmail(address: &str) -> bool {
    address
        .rsplit_once('@')
        .is_some_and(|(local, domain)| !local.is_empty() && domain.eq_ignore_ascii_case("gmail.com"))
}
