//! GitHub: OAuth 2, no id_token.
//!
//! Sources: "Authorizing OAuth apps", "REST API endpoints for users" and "REST API endpoints for emails"
//! (docs.github.com); read November 2026.

mod check_token;
mod webhook;

use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use super::{
    ApiDocument, AuthenticationClaims, BuiltIn, ButtonColours, Documents, IdentitySource, Note, OAuthSpec, Palette,
    Profile, ProfileEmail, Provider, ProviderSpec, SettingError, Settings, TokenCheck, Variable,
    VariableKind::{Text, UrlOverride},
    endpoint_url, endpoints, origins,
    spec::text,
};
use crate::oauth::TokenEncoding;

const URL: &str = "https://github.com";
const API_URL: &str = "https://api.github.com";
/// Of a GitHub App.
const WEBHOOK_SECRET: &str = "WEBHOOK_SECRET";
/// Shortest one, in bytes. GitHub asks for a random text "with high entropy".
const MIN_SECRET_BYTES: usize = 16;

pub(super) static GITHUB: BuiltIn = BuiltIn {
    optional: &[
        Variable::new("URL", UrlOverride),
        Variable::new("API_URL", UrlOverride),
        Variable::new(WEBHOOK_SECRET, Text),
    ],
    notes: &[
        Note::new(
            "any path below the registered callback URL is accepted as a redirect URI",
            "register the full redirect URI and not only the host",
        ),
        Note::new(
            "tokens of a GitHub App expire after eight hours, those of an OAuth app do not",
            "nothing to do: expiry is honoured",
        ),
        Note::new(
            "a GitHub App says when a user revokes it; an OAuth app cannot",
            "for a GitHub App, set GITHUB_WEBHOOK_SECRET to its webhook secret",
        ),
    ],
    ..BuiltIn::new(
        ("github", "GitHub"),
        &SPEC,
        ButtonColours { light: Palette::filled("#24292f", "#32383f"), dark: Palette::WHITE_ON_DARK },
        provider,
    )
};

static SPEC: ProviderSpec = ProviderSpec {
    another_account: Some("select_account"),
    reauthentication: &[("prompt", "select_account")],
    // A form, unless the request accepts JSON, as ours does; errors have status 200.
    token_encoding: TokenEncoding::JsonOrForm,
    picture_origins: |_| origins(&["https://avatars.githubusercontent.com"]),
    own_domains: &["github.com"],
    token_check: Some(TokenCheck {
        is_plausible: check_token::is_plausible,
        request: check_token::request,
        judge: check_token::judge,
    }),
    message_format: Some(webhook::MESSAGES),
    ..ProviderSpec::new(&["read:user", "user:email"], IdentitySource::Api(OAuthSpec { documents, profile }))
};

fn provider(settings: &Settings) -> Result<Provider, SettingError> {
    let url = settings.get("URL").unwrap_or(URL);
    let metadata = endpoints(
        // The `iss` of its authorization responses, since 2026.
        &format!("{url}/login/oauth"),
        endpoint_url(url, "/login/oauth/authorize"),
        endpoint_url(url, "/login/oauth/access_token"),
        "client_secret_post",
    );
    let api = settings.get("API_URL").unwrap_or(API_URL);
    let webhook_secret = settings.get(WEBHOOK_SECRET).map(SecretString::from);
    if webhook_secret.as_ref().is_some_and(|secret| secret.expose_secret().len() < MIN_SECRET_BYTES) {
        let problem = "is too short: it must have at least 16 characters (`openssl rand -hex 32` makes one)";
        return Err(SettingError { name: WEBHOOK_SECRET, problem });
    }
    Ok(Provider { api: Some(api.to_owned()), webhook_secret, ..GITHUB.client(settings, metadata.into()) })
}

/// `/user` has the public email address at most, without a verified flag; `/user/emails` has the flag. It is closed to a
/// GitHub App without that permission (403) and to a token without the scope (404).
fn documents(provider: &Provider, _: &SecretString) -> Vec<ApiDocument> {
    let api = provider.api.as_deref().unwrap_or(API_URL);
    vec![
        ApiDocument {
            name: "user",
            url: endpoint_url(api, "/user"),
            required: true,
            members: &["id", "name", "login", "avatar_url"],
        },
        ApiDocument {
            name: "emails",
            url: endpoint_url(api, "/user/emails"),
            required: false,
            members: &["*.email", "*.primary", "*.verified"],
        },
    ]
}

/// The number is the identity; a login can be renamed and then taken by another user.
fn profile(provider: &Provider, documents: &Documents) -> Option<Profile> {
    let user = documents.get("user");
    let id = user.get("id").and_then(Value::as_u64).filter(|id| *id > 0)?;
    Some(Profile {
        issuer: provider.metadata.issuer().to_owned(),
        subject: id.to_string(),
        provider: provider.slug.as_str().to_owned(),
        email: primary(documents.get("emails")),
        name: text(user, "name").or_else(|| text(user, "login")).map(str::to_owned),
        picture: text(user, "avatar_url").map(str::to_owned),
        authentication: AuthenticationClaims::default(),
    })
}

/// The primary address and no other, verified only where GitHub says so: taking any address at all is how accounts were taken
/// over (GHSA-6j36-r6pr-59x4). An unverified one fills in the field of a form and opens no account.
fn primary(emails: &Value) -> Option<ProfileEmail> {
    let is = |email: &Value, name: &str| email.get(name).and_then(Value::as_bool) == Some(true);
    let email = emails.as_array()?.iter().find(|email| is(email, "primary"))?;
    Some(ProfileEmail {
        unverified_email: text(email, "email")?.to_owned(),
        verified_by_provider: is(email, "verified"),
        provider_is_authoritative: false,
    })
}
