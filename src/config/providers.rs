//! Which providers are switched on, from their variables.

use std::collections::BTreeSet;

use secrecy::SecretString;

use super::{BaseUrl, ConfigError, Environment, endpoint_overrides, front_ends};
use crate::providers::{
    AppleKey, Provider, Slug, apple, discord, facebook, github, gitlab, google, microsoft, open_id_connect, x,
};

type Parse = fn(&Environment, &BaseUrl) -> Result<Option<Provider>, ConfigError>;

/// The built-in providers, in the order of the login page: a slug, which in capitals begins its variables' names, and who
/// reads them.
const BUILT_IN: [(&str, Parse); 8] = [
    ("google", parse_google),
    ("apple", parse_apple),
    ("discord", parse_discord),
    ("facebook", parse_facebook),
    ("github", parse_github),
    ("gitlab", parse_gitlab),
    ("microsoft", parse_microsoft),
    ("x", parse_x),
];

/// Other words that a generic provider may not take: they are ours in addresses below `/auth`, or will be.
const RESERVED: [&str; 9] =
    ["callback", "logout", "password", "email-link", "link", "reauthenticate", "email", "undo", "verify"];

/// Reads every provider's variables, in the order of the login page.
///
/// # Errors
/// When a provider is half configured, or a stand-in is set outside loopback.
pub fn parse(env: &Environment, base_url: &BaseUrl) -> Result<Vec<Provider>, ConfigError> {
    let mut providers = Vec::new();
    for (slug, parse) in BUILT_IN {
        let provider = parse(env, base_url)?;
        providers.extend(front_ends::added(env, &variables_of(slug), provider)?);
    }
    for name in open_id_connect_names(env) {
        let provider = parse_open_id_connect(env, base_url, &name)?;
        let Some(provider) = front_ends::added(env, &format!("OIDC_{name}"), Some(provider))? else { continue };
        if providers.iter().any(|earlier: &Provider| earlier.slug == provider.slug) {
            return Err(ConfigError::new(
                format!("OIDC_{name}_ISSUER"),
                "has a name that another provider has in other letters: names must differ in lower case",
            ));
        }
        providers.push(provider);
    }
    Ok(providers)
}

/// What the names of a provider's variables begin with.
pub(super) fn variables_of(slug: &str) -> String {
    let name = slug.to_ascii_uppercase();
    if is_built_in(slug) { name } else { format!("OIDC_{name}") }
}

/// Whether a variable is a provider's, by its name.
pub(super) fn is_a_providers(variable: &str) -> bool {
    let family = variable.split('_').next().unwrap_or_default();
    family == "OIDC" || is_built_in(&family.to_ascii_lowercase())
}

fn is_built_in(slug: &str) -> bool {
    BUILT_IN.iter().any(|(known, _)| *known == slug)
}

fn parse_google(env: &Environment, base_url: &BaseUrl) -> Result<Option<Provider>, ConfigError> {
    let endpoint_override = endpoint_overrides::issuer(env, base_url, "GOOGLE_ISSUER")?;
    let tokeninfo = endpoint_overrides::url(env, base_url, "GOOGLE_TOKENINFO_URL")?;
    let api = endpoint_overrides::url(env, base_url, "GOOGLE_API_URL")?;
    let domain = hosted_domain(env)?;
    let others = ["GOOGLE_ISSUER", "GOOGLE_TOKENINFO_URL", "GOOGLE_API_URL", "GOOGLE_HD"];
    let Some((client_id, client_secret)) = client(env, "GOOGLE", &others)? else {
        return Ok(None);
    };
    Ok(Some(google::provider(client_id, client_secret, endpoint_override, tokeninfo, api, domain)))
}

fn parse_apple(env: &Environment, base_url: &BaseUrl) -> Result<Option<Provider>, ConfigError> {
    const NAMES: [&str; 4] = ["APPLE_CLIENT_ID", "APPLE_TEAM_ID", "APPLE_KEY_ID", "APPLE_PRIVATE_KEY"];
    let endpoint_override = endpoint_overrides::issuer(env, base_url, "APPLE_ISSUER")?;
    let values = NAMES.map(|name| env.get(name));
    let [Some(client_id), Some(team_id), Some(key_id), Some(private_key)] = values else {
        let set = NAMES.iter().chain(&["APPLE_ISSUER"]).find(|name| env.get(name).is_some());
        let absent = NAMES.iter().find(|name| env.get(name).is_none());
        return set.zip(absent).map_or(Ok(None), |(set, absent)| {
            Err(ConfigError::new(
                *absent,
                format!("is missing while {set} is set: set all of {}, or none", NAMES.join(", ")),
            ))
        });
    };
    let private_key = SecretString::from(private_key.to_owned());
    let key = AppleKey::new(team_id.to_owned(), key_id.to_owned(), &private_key).map_err(|_| {
        ConfigError::new(
            "APPLE_PRIVATE_KEY",
            "must be the content of the .p8 file that Apple gave, from -----BEGIN PRIVATE KEY----- to the end; its line breaks may be written \\n",
        )
    })?;
    Ok(Some(apple::provider(client_id.to_owned(), key, endpoint_override)))
}

fn parse_discord(env: &Environment, base_url: &BaseUrl) -> Result<Option<Provider>, ConfigError> {
    let url = endpoint_overrides::url(env, base_url, "DISCORD_URL")?;
    let client = client(env, "DISCORD", &["DISCORD_URL"])?;
    Ok(client.map(|(id, secret)| discord::provider(id, secret, url)))
}

fn parse_facebook(env: &Environment, base_url: &BaseUrl) -> Result<Option<Provider>, ConfigError> {
    at_two_addresses(env, base_url, "FACEBOOK", ["FACEBOOK_URL", "FACEBOOK_GRAPH_URL"], facebook::provider)
}

fn parse_github(env: &Environment, base_url: &BaseUrl) -> Result<Option<Provider>, ConfigError> {
    at_two_addresses(env, base_url, "GITHUB", ["GITHUB_URL", "GITHUB_API_URL"], github::provider)
}

/// `GITLAB_URL` is no stand-in alone: many run GitLab themselves, and it may be theirs outside loopback, too.
fn parse_gitlab(env: &Environment, base_url: &BaseUrl) -> Result<Option<Provider>, ConfigError> {
    let url = env.get("GITLAB_URL");
    url.map_or(Ok(()), |url| endpoint_overrides::check_url("GITLAB_URL", url, base_url))?;
    let client = client(env, "GITLAB", &["GITLAB_URL"])?;
    Ok(client.map(|(id, secret)| gitlab::provider(id, secret, url.map(str::to_owned))))
}

fn parse_microsoft(env: &Environment, base_url: &BaseUrl) -> Result<Option<Provider>, ConfigError> {
    let url = endpoint_overrides::url(env, base_url, "MICROSOFT_URL")?;
    let tenant = microsoft::Tenant::parse(env.get("MICROSOFT_TENANT").unwrap_or("common")).ok_or_else(|| {
        ConfigError::new(
            "MICROSOFT_TENANT",
            "must be `common`, `organizations`, `consumers` or the id of a tenant (a UUID; Entra shows it as \"Directory (tenant) ID\")",
        )
    })?;
    let client = client(env, "MICROSOFT", &["MICROSOFT_URL", "MICROSOFT_TENANT"])?;
    Ok(client.map(|(id, secret)| microsoft::provider(id, secret, &tenant, url)))
}

fn parse_x(env: &Environment, base_url: &BaseUrl) -> Result<Option<Provider>, ConfigError> {
    at_two_addresses(env, base_url, "X", ["X_URL", "X_API_URL"], x::provider)
}

type AtTwoAddresses = fn(String, SecretString, Option<String>, Option<String>) -> Provider;

/// A provider whose site and API are two hosts, each of which a stand-in can take the place of.
fn at_two_addresses(
    env: &Environment,
    base_url: &BaseUrl,
    family: &str,
    addresses: [&str; 2],
    provider: AtTwoAddresses,
) -> Result<Option<Provider>, ConfigError> {
    let [site, api] = addresses.map(|variable| endpoint_overrides::url(env, base_url, variable));
    let (site, api) = (site?, api?);
    Ok(client(env, family, &addresses)?.map(|(id, secret)| provider(id, secret, site, api)))
}

/// The one Workspace domain whose accounts are admitted. Compared byte by byte with the claim, so it has to be written
/// as Google writes it.
fn hosted_domain(env: &Environment) -> Result<Option<String>, ConfigError> {
    let Some(domain) = env.get("GOOGLE_HD") else { return Ok(None) };
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-".contains(&byte);
    if !domain.contains('.') || domain.len() > 253 || !domain.bytes().all(plain) {
        return Err(ConfigError::new(
            "GOOGLE_HD",
            "must be one Workspace domain in lower case, for instance example.com",
        ));
    }
    Ok(Some(domain.to_owned()))
}

/// The `<NAME>`s of `OIDC_<NAME>_…`, each once, in alphabetical order.
fn open_id_connect_names(env: &Environment) -> BTreeSet<String> {
    const SUFFIXES: [&str; 5] = ["_ISSUER", "_CLIENT_ID", "_CLIENT_SECRET", "_LABEL", front_ends::SUFFIX];
    env.names()
        .filter_map(|variable| {
            let rest = variable.strip_prefix("OIDC_")?;
            SUFFIXES.iter().find_map(|suffix| rest.strip_suffix(suffix)).map(str::to_owned)
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
                "has a name that cannot be used in an address: take letters, digits and _ , and none of the built-in providers' names or of ours, such as `link`",
            )
        })?;
    let (client_id, client_secret) = pair(env, &variable("CLIENT_ID"), &variable("CLIENT_SECRET"))?
        .ok_or_else(|| missing(&variable("CLIENT_ID"), &format!("OIDC_{name}_…")))?;
    let issuer_variable = variable("ISSUER");
    let issuer = env.get(&issuer_variable).ok_or_else(|| missing(&issuer_variable, &variable("CLIENT_ID")))?;
    endpoint_overrides::check_issuer(&issuer_variable, issuer, base_url)?;
    let label = env.get(&variable("LABEL")).map_or_else(|| name.to_owned(), str::to_owned);
    if label.chars().count() > 40 || label.chars().any(char::is_control) {
        return Err(ConfigError::new(variable("LABEL"), "must be at most 40 characters of plain text"));
    }
    Ok(open_id_connect::provider(slug, label, issuer.to_owned(), client_id, client_secret))
}

/// A built-in provider's client. What else is set of it is of no use without.
fn client(env: &Environment, family: &str, others: &[&str]) -> Result<Option<(String, SecretString)>, ConfigError> {
    let id = format!("{family}_CLIENT_ID");
    let client = pair(env, &id, &format!("{family}_CLIENT_SECRET"))?;
    match others.iter().find(|other| client.is_none() && env.get(other).is_some()) {
        Some(other) => Err(missing(&id, other)),
        None => Ok(client),
    }
}

/// An id and its secret: both or neither.
fn pair(env: &Environment, id: &str, secret: &str) -> Result<Option<(String, SecretString)>, ConfigError> {
    match (env.get(id), env.get(secret)) {
        (None, None) => Ok(None),
        (Some(client_id), Some(client_secret)) => {
            Ok(Some((client_id.to_owned(), SecretString::from(client_secret.to_owned()))))
        }
        (Some(_), None) => Err(missing(secret, id)),
        (None, Some(_)) => Err(missing(id, secret)),
    }
}

pub(super) fn missing(variable: &str, beside: &str) -> ConfigError {
    ConfigError::new(variable, format!("is missing while {beside} is set: set both, or neither"))
}
