//! Discord: OAuth 2, no id_token.
//!
//! Sources: "OAuth2", "User" and "Reference: image formatting" (docs.discord.com), and the authorization server metadata
//! at `discord.com/.well-known/oauth-authorization-server`; read November 2026.

use secrecy::SecretString;
use serde_json::Value;

use super::{
    ApiDocument, AuthenticationClaims, BuiltIn, ButtonColours, Documents, IdentitySource, Note, OAuthSpec, Profile,
    ProfileEmail, Provider, ProviderSpec, SettingError, Settings, Variable, VariableKind::UrlOverride, endpoint_url,
    endpoints, origins, spec::text,
};
use crate::oidc::ProviderMetadata;

const URL: &str = "https://discord.com";
const PICTURES: &str = "https://cdn.discordapp.com";

pub(super) static DISCORD: BuiltIn = BuiltIn {
    optional: &[Variable::new("URL", UrlOverride)],
    notes: &[
        Note::new("an account without a verified email returns none: such users are asked for one", "nothing to do"),
        Note::new(
            "a client secret is shown once; a reset makes the old one invalid at once",
            "put the new one here in the same minute",
        ),
    ],
    // Blurple; white on it has a contrast of 4.6.
    ..BuiltIn::new(("discord", "Discord"), &SPEC, ButtonColours::filled("#5865f2", "#4954d6"), provider)
};

static SPEC: ProviderSpec = ProviderSpec {
    // `none` skips the consent screen for users who have consented before; others see it all the same.
    prompts: &["consent", "none"],
    reauthentication: &[("prompt", "consent")],
    picture_origins: |_| origins(&[PICTURES]),
    own_domains: &["discord.com"],
    ..ProviderSpec::new(&["identify", "email"], IdentitySource::Api(OAuthSpec { documents, profile }))
};

fn provider(settings: &Settings) -> Result<Provider, SettingError> {
    let url = settings.get("URL").unwrap_or(URL);
    // Its metadata announces `iss` in the response; its documentation does not. Checked when it is present.
    let metadata = ProviderMetadata {
        revocation_endpoint: Some(endpoint_url(url, "/api/oauth2/token/revoke")),
        ..endpoints(
            url,
            endpoint_url(url, "/oauth2/authorize"),
            endpoint_url(url, "/api/oauth2/token"),
            "client_secret_post",
        )
    };
    Ok(Provider { api: Some(format!("{url}/api")), ..DISCORD.client(settings, metadata.into()) })
}

const MEMBERS: &[&str] = &["id", "email", "verified", "global_name", "username", "avatar"];

fn documents(provider: &Provider, _: &SecretString) -> Vec<ApiDocument> {
    let api = provider.api.as_deref().unwrap_or_default();
    vec![ApiDocument { name: "me", url: endpoint_url(api, "/users/@me"), required: true, members: MEMBERS }]
}

/// The id is a snowflake, a number of 64 bits written as a string. User names change and are reassigned. `verified` is about
/// the email address; Discord runs no mailboxes.
fn profile(provider: &Provider, documents: &Documents) -> Option<Profile> {
    let me = documents.get("me");
    let id = text(me, "id").filter(|id| id.bytes().all(|byte| byte.is_ascii_digit()))?;
    Some(Profile {
        issuer: provider.metadata.issuer().to_owned(),
        subject: id.to_owned(),
        provider: provider.slug.as_str().to_owned(),
        email: text(me, "email").map(|address| ProfileEmail {
            unverified_email: address.to_owned(),
            verified_by_provider: me.get("verified").and_then(Value::as_bool) == Some(true),
            provider_is_authoritative: false,
        }),
        name: text(me, "global_name").or_else(|| text(me, "username")).map(str::to_owned),
        picture: text(me, "avatar").and_then(|hash| picture(provider, id, hash)),
        authentication: AuthenticationClaims::default(),
    })
}

/// The picture's URL is made of the id and a hash, which consists of letters, digits and `_`.
fn picture(provider: &Provider, id: &str, hash: &str) -> Option<String> {
    let is_hash = hash.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let issuer = provider.metadata.issuer();
    let base = if issuer == URL { PICTURES } else { issuer };
    is_hash.then(|| format!("{base}/avatars/{id}/{hash}.png"))
}
