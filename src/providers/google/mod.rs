//! Google: OpenID Connect, and the APIs of Drive and Calendar.
//!
//! Sources: "OpenID Connect" (developers.google.com/identity/openid-connect/openid-connect, endpoints and claims), its
//! discovery document at `accounts.google.com`, and "Account linking: authoritative e-mail" in "Verify the Google ID token on
//! your server side". For the APIs: "Using OAuth 2.0 for Web Server Applications" (offline access, incremental
//! authorization, revocation; developers.google.com/identity/protocols/oauth2/web-server) and "OAuth 2.0 Scopes for Google
//! APIs". Read November 2026.

mod tokeninfo;

use url::Url;

use super::{
    ApiAccess, BuiltIn, ButtonColours, Facts, IdentitySource, Metadata, Note, OidcSpec, Palette, Profile, Provider,
    ProviderSpec, SettingError, Settings, TokenCheck, Variable,
    VariableKind::{IssuerOverride, Text, UrlOverride},
    endpoint_url, origins, standard_profile,
};
use crate::{
    codes::access::Access,
    oidc::{Algorithm, ProviderMetadata},
};

const ISSUER: &str = "https://accounts.google.com";
const AUTHORIZATION_ENDPOINT: &str = "https://accounts.google.com/o/oauth2/v2/auth";
const TOKEN_ENDPOINT: &str = "https://oauth2.googleapis.com/token";
const JWKS_URI: &str = "https://www.googleapis.com/oauth2/v3/certs";
const USERINFO_ENDPOINT: &str = "https://openidconnect.googleapis.com/v1/userinfo";
const REVOCATION_ENDPOINT: &str = "https://oauth2.googleapis.com/revoke";
/// The host of Drive and Calendar, as their discovery documents say.
const API_URL: &str = "https://www.googleapis.com";

/// Names, types and dates of the files in Drive, not their content: the narrowest scope that can list files.
pub const DRIVE_METADATA_READONLY: &str = "https://www.googleapis.com/auth/drive.metadata.readonly";
/// Events on the user's calendars: the narrowest scope that can list events.
pub const CALENDAR_EVENTS_READONLY: &str = "https://www.googleapis.com/auth/calendar.events.readonly";

/// "Security bundle" (developers.google.com/identity/siwg/security-bundle, read November 2026).
const SESSION_CLAIMS: &str = r#"{"id_token":{"auth_time":{"essential":true},"amr":{"essential":true}}}"#;

// Google's branding guidelines prescribe these colours, the unchanged mark and the order of mark and text.
pub(super) static GOOGLE: BuiltIn = BuiltIn {
    optional: &[
        Variable::new("ISSUER", IssuerOverride),
        Variable::new("TOKENINFO_URL", UrlOverride),
        Variable::new("API_URL", UrlOverride),
        Variable::new("HD", Text),
        Variable::new("SESSION_CLAIMS", Text),
    ],
    notes: &[
        Note::new(
            "a client secret is shown once, when it is created",
            "keep it then; add a second secret if it is lost",
        ),
        Note::new(
            "clients without any sign-in for six months are deleted",
            "sign in now and then on installations that are rarely used",
        ),
        Note::new(
            "while the consent screen is in Testing, only listed users can sign in, and refresh tokens last seven days",
            "publish the app when it is ready",
        ),
    ],
    ..BuiltIn::new(
        ("google", "Google"),
        &SPEC,
        ButtonColours {
            light: Palette::new("#ffffff", "#f7f8f8", "#747775", "#1f1f1f"),
            dark: Palette::new("#131314", "#1e1f20", "#8e918f", "#e3e3e3"),
        },
        provider,
    )
};

static SPEC: ProviderSpec = ProviderSpec {
    // Google ignores `login`, and values that it does not know.
    prompts: &["consent", "none"],
    another_account: Some("select_account"),
    extra_parameters: |provider| {
        // A hint for the account chooser; the claim is what counts.
        let domain = provider.hosted_domain.as_deref().map(|domain| ("hd", domain));
        let claims = provider.session_claims.then_some(("claims", SESSION_CLAIMS));
        domain.into_iter().chain(claims).collect()
    },
    // There is no `prompt=login`; choosing an account is the most that can be asked for.
    reauthentication: &[("prompt", "select_account")],
    api_access: Some(ApiAccess {
        scopes: |access| match access {
            Access::Drive => &[DRIVE_METADATA_READONLY],
            Access::Calendar => &[CALENDAR_EVENTS_READONLY],
        },
        // Google issues a refresh token only when consent is shown, so we ask for consent each time. The token covers
        // everything granted before, and the response names all of it.
        offline: &[("access_type", "offline"), ("include_granted_scopes", "true"), ("prompt", "consent")],
        // Responses name these beside the short ones.
        sign_in_aliases: &[
            "https://www.googleapis.com/auth/userinfo.email",
            "https://www.googleapis.com/auth/userinfo.profile",
        ],
        connections: "https://myaccount.google.com/connections",
        // "Six months" (refresh token expiration; read November 2026).
        unused_days: 183,
    }),
    picture_origins: |_| origins(&["https://*.googleusercontent.com"]),
    own_domains: &["google.com", "googleapis.com"],
    token_check: Some(TokenCheck {
        is_plausible: tokeninfo::is_plausible,
        request: tokeninfo::request,
        judge: tokeninfo::judge,
    }),
    ..ProviderSpec::new(&["openid", "email", "profile"], IdentitySource::IdToken(OIDC))
};

const OIDC: OidcSpec = OidcSpec {
    issuers: |provider, _| token_issuers(provider.metadata.issuer()),
    claims: &["email", "email_verified", "name", "picture", "hd"],
    admits: |provider, facts| is_of_domain(facts, provider.hosted_domain.as_deref()),
    ..OidcSpec::new(|provider, facts| Some(profile(provider, facts)))
};

/// A mock's tokens are never sent to Google: without `TOKENINFO_URL` the mock is asked below its issuer, and without
/// `API_URL` there is no API.
fn provider(settings: &Settings) -> Result<Provider, SettingError> {
    let issuer = settings.get("ISSUER");
    let at_mock = issuer.map(|issuer| format!("{}/tokeninfo", issuer.trim_end_matches('/')));
    let tokeninfo = settings.get("TOKENINFO_URL").or(at_mock.as_deref()).unwrap_or(tokeninfo::ENDPOINT);
    let api = settings.get("API_URL").or(issuer.is_none().then_some(API_URL));
    Ok(Provider {
        api: api.map(str::to_owned),
        tokeninfo: Url::parse(tokeninfo).ok(),
        hosted_domain: settings.get("HD").map(hosted_domain).transpose()?,
        session_claims: settings.get("SESSION_CLAIMS").map(switch).transpose()?.unwrap_or_default(),
        ..GOOGLE.client(settings, Metadata::or_discovered(issuer, metadata))
    })
}

/// The claim is compared byte for byte, so the value has to be written as Google writes it.
fn hosted_domain(domain: &str) -> Result<String, SettingError> {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-".contains(&byte);
    if !domain.contains('.') || domain.len() > 253 || !domain.bytes().all(plain) {
        return Err(SettingError {
            name: "HD",
            problem: "must be one Workspace domain in lower case, for instance example.com",
        });
    }
    Ok(domain.to_owned())
}

fn switch(text: &str) -> Result<bool, SettingError> {
    match text {
        "on" => Ok(true),
        "off" => Ok(false),
        _ => Err(SettingError { name: "SESSION_CLAIMS", problem: "must be on or off" }),
    }
}

/// Constants, so that the server starts without a network.
fn metadata() -> ProviderMetadata {
    ProviderMetadata {
        issuer: ISSUER.to_owned(),
        authorization_endpoint: endpoint_url(AUTHORIZATION_ENDPOINT, ""),
        token_endpoint: endpoint_url(TOKEN_ENDPOINT, ""),
        jwks_uri: Some(endpoint_url(JWKS_URI, "")),
        userinfo_endpoint: Some(endpoint_url(USERINFO_ENDPOINT, "")),
        revocation_endpoint: Some(endpoint_url(REVOCATION_ENDPOINT, "")),
        end_session_endpoint: None,
        token_endpoint_auth_signing_alg_values_supported: Vec::new(),
        token_endpoint_auth_methods_supported: vec!["client_secret_post".to_owned(), "client_secret_basic".to_owned()],
        // Google began to send `iss`; its metadata does not announce it yet. Checked when it is present.
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

/// `hd` names the Workspace of an account. The domain of the email address does not: anyone can have a Google account with an
/// address of another domain.
fn is_of_domain(facts: &Facts<'_>, domain: Option<&str>) -> bool {
    domain.is_none_or(|domain| facts.text("hd") == Some(domain))
}

/// Google is authoritative for an email address when it hosts the mailbox: `@gmail.com`, or a Workspace account, which has
/// `hd`. Any other mailbox may have a new owner since Google verified it.
fn profile(provider: &Provider, facts: &Facts<'_>) -> Profile {
    let is_workspace = facts.text("hd").is_some();
    standard_profile(provider, facts, |address| is_workspace || is_gmail(address))
}

fn is_gmail(address: &str) -> bool {
    address
        .rsplit_once('@')
        .is_some_and(|(local, domain)| !local.is_empty() && domain.eq_ignore_ascii_case("gmail.com"))
}
