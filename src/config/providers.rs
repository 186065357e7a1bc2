//! Which providers are switched on, from their variables.

use std::collections::BTreeSet;

use super::{BaseUrl, ConfigError, Environment, built_in, endpoint_overrides, front_ends, token_auth};
use crate::{
    oauth::Scopes,
    providers::{self, BUILT_IN, Provider, Slug, open_id_connect},
};

/// Longest `OIDC_<NAME>_SCOPES`, in bytes.
const MAX_SCOPES_BYTES: usize = 1000;

/// Words that a generic provider may not take: routes below `/auth` have them, or will, or a session that no provider opened.
const RESERVED: [&str; 15] = [
    "callback",
    "events",
    "logout",
    "passkey",
    "password",
    "email-link",
    "link",
    "reauthenticate",
    "email",
    "undo",
    "verify",
    "email_code",
    "totp",
    "recovery_code",
    "trusted_browser",
];

/// Every provider that is switched on, in the order of the login page.
///
/// # Errors
/// When a provider is half configured, or endpoints are overridden outside loopback.
pub fn parse(env: &Environment, base_url: &BaseUrl) -> Result<Vec<Provider>, ConfigError> {
    let mut providers = Vec::new();
    for row in BUILT_IN {
        let provider = built_in::parse(env, base_url, row)?;
        providers.extend(front_ends::added(env, &row.prefix(), provider)?);
    }
    for name in open_id_connect_names(env) {
        let provider = parse_open_id_connect(env, base_url, &name)?;
        let Some(provider) = front_ends::added(env, &format!("OIDC_{name}"), Some(provider))? else { continue };
        if providers.iter().any(|earlier: &Provider| earlier.slug == provider.slug) {
            return Err(ConfigError::new(
                format!("OIDC_{name}_ISSUER"),
                "has the name of another provider, apart from upper and lower case: choose a name that differs in lower case",
            ));
        }
        providers.push(provider);
    }
    Ok(providers)
}

/// Whether this is the name of a provider's variable.
pub(super) fn is_provider_variable(variable: &str) -> bool {
    let prefix = variable.split('_').next().unwrap_or_default();
    prefix == "OIDC" || is_built_in(&prefix.to_ascii_lowercase())
}

fn is_built_in(slug: &str) -> bool {
    providers::built_in(slug).is_some()
}

/// The `<NAME>`s of `OIDC_<NAME>_…`, each once, in alphabetical order.
fn open_id_connect_names(env: &Environment) -> BTreeSet<String> {
    const SUFFIXES: [&str; 6] = ["_ISSUER", "_CLIENT_ID", "_LABEL", "_SCOPES", "_LOGOUT", front_ends::SUFFIX];
    env.names()
        .filter_map(|variable| {
            let rest = variable.strip_prefix("OIDC_")?;
            SUFFIXES.iter().chain(&token_auth::SUFFIXES).find_map(|suffix| rest.strip_suffix(suffix)).map(str::to_owned)
        })
        .collect()
}

fn parse_open_id_connect(env: &Environment, base_url: &BaseUrl, name: &str) -> Result<Provider, ConfigError> {
    let variable = |suffix: &str| format!("OIDC_{name}_{suffix}");
    let slug = Slug::parse(&name.to_ascii_lowercase())
        .filter(|slug| !is_built_in(slug.as_str()) && !RESERVED.contains(&slug.as_str()))
        .ok_or_else(|| {
            ConfigError::new(
                variable("ISSUER"),
                "has a name that cannot be used in a URL: use letters, digits and _, and neither a built-in provider's name nor a reserved word such as `link`",
            )
        })?;
    let id_variable = variable("CLIENT_ID");
    let beside = |set: &str| if env.get(set).is_some() { set.to_owned() } else { format!("OIDC_{name}_…") };
    let client_id = env.get(&id_variable).ok_or_else(|| missing(&id_variable, &beside(&variable("CLIENT_SECRET"))))?;
    let client_secret = token_auth::parse(env, name)?;
    let issuer_variable = variable("ISSUER");
    let issuer = env.get(&issuer_variable).ok_or_else(|| missing(&issuer_variable, &variable("CLIENT_ID")))?;
    endpoint_overrides::check_issuer(&issuer_variable, issuer, base_url)?;
    let label = env.get(&variable("LABEL")).map_or_else(|| name.to_owned(), str::to_owned);
    if label.chars().count() > 40 || label.chars().any(char::is_control) {
        return Err(ConfigError::new(variable("LABEL"), "must be at most 40 characters of plain text"));
    }
    Ok(open_id_connect::provider(open_id_connect::Registration {
        slug,
        label,
        issuer: issuer.to_owned(),
        client_id: client_id.to_owned(),
        client_secret,
        scopes: scopes(env, &variable("SCOPES"))?,
        ends_session: ends_session(env, &variable("LOGOUT"))?,
    }))
}

/// RFC 6749 §3.3: printable ASCII without quotes and backslashes; separated by spaces or commas.
fn scopes(env: &Environment, variable: &str) -> Result<Option<Scopes>, ConfigError> {
    let Some(list) = env.get(variable) else { return Ok(None) };
    let is_scope_byte = |byte: u8| byte == b' ' || (byte.is_ascii_graphic() && byte != b'"' && byte != b'\\');
    match list.len() <= MAX_SCOPES_BYTES && list.bytes().all(is_scope_byte) {
        true => Ok(Some(Scopes::parse(list))),
        false => {
            Err(ConfigError::new(variable, "must be scopes separated by spaces, for instance openid email profile"))
        }
    }
}

fn ends_session(env: &Environment, variable: &str) -> Result<bool, ConfigError> {
    match env.get(variable) {
        None | Some("off") => Ok(false),
        Some("on") => Ok(true),
        Some(_) => Err(ConfigError::new(variable, "must be on or off")),
    }
}

pub(super) fn missing(variable: &str, beside: &str) -> ConfigError {
    ConfigError::new(variable, format!("is missing while {beside} is set: set both, or neither"))
}
