//! Which providers are switched on, from their variables.

use std::collections::BTreeSet;

use secrecy::SecretString;
use url::Url;

use super::{BaseUrl, ConfigError, Environment, is_loopback};
use crate::providers::{Provider, Slug, google, open_id_connect};

/// Slugs of ours that a generic provider may not take.
const TAKEN: [&str; 8] = ["google", "github", "apple", "facebook", "x", "microsoft", "callback", "logout"];

/// Reads every provider's variables.
///
/// # Errors
/// When a provider is half configured, or a stand-in is set outside loopback.
pub(super) fn parse(env: &Environment, base_url: &BaseUrl) -> Result<Vec<Provider>, ConfigError> {
    let mut providers = Vec::new();
    providers.extend(parse_google(env, base_url)?);
    for name in open_id_connect_names(env) {
        let provider = parse_open_id_connect(env, base_url, &name)?;
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
    if TAKEN.contains(&slug) { name } else { format!("OIDC_{name}") }
}

fn parse_google(env: &Environment, base_url: &BaseUrl) -> Result<Option<Provider>, ConfigError> {
    let stand_in = stand_in(env, base_url, "GOOGLE_ISSUER")?;
    let Some((client_id, client_secret)) = pair(env, "GOOGLE_CLIENT_ID", "GOOGLE_CLIENT_SECRET")? else {
        if stand_in.is_some() {
            return Err(missing("GOOGLE_CLIENT_ID", "GOOGLE_ISSUER"));
        }
        return Ok(None);
    };
    Ok(Some(google::provider(client_id, client_secret, stand_in)))
}

/// The `<NAME>`s of `OIDC_<NAME>_…`, each once, in alphabetical order.
fn open_id_connect_names(env: &Environment) -> BTreeSet<String> {
    const SUFFIXES: [&str; 4] = ["_ISSUER", "_CLIENT_ID", "_CLIENT_SECRET", "_LABEL"];
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
        .filter(|slug| !TAKEN.contains(&slug.as_str()))
        .ok_or_else(|| {
            ConfigError::new(
                variable("ISSUER"),
                "has a name that cannot be used in an address: take letters, digits and _ , and none of the built-in providers' names",
            )
        })?;
    let (client_id, client_secret) = pair(env, &variable("CLIENT_ID"), &variable("CLIENT_SECRET"))?
        .ok_or_else(|| missing(&variable("CLIENT_ID"), &format!("OIDC_{name}_…")))?;
    let issuer_variable = variable("ISSUER");
    let issuer = env.get(&issuer_variable).ok_or_else(|| missing(&issuer_variable, &variable("CLIENT_ID")))?;
    check_issuer(&issuer_variable, issuer, base_url)?;
    let label = env.get(&variable("LABEL")).map_or_else(|| name.to_owned(), str::to_owned);
    if label.chars().count() > 40 || label.chars().any(char::is_control) {
        return Err(ConfigError::new(variable("LABEL"), "must be at most 40 characters of plain text"));
    }
    Ok(open_id_connect::provider(slug, label, issuer.to_owned(), client_id, client_secret))
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

fn missing(variable: &str, beside: &str) -> ConfigError {
    ConfigError::new(variable, format!("is missing while {beside} is set: set both, or neither"))
}

/// A stand-in for a built-in provider. Only for development: outside loopback it would send people, and their
/// codes, to whatever address somebody slipped into the environment.
fn stand_in(env: &Environment, base_url: &BaseUrl, variable: &str) -> Result<Option<String>, ConfigError> {
    let Some(issuer) = env.get(variable) else { return Ok(None) };
    if !base_url.is_loopback() {
        return Err(ConfigError::new(
            variable,
            "points a provider at a stand-in, which works only while BASE_URL is loopback: remove it",
        ));
    }
    check_issuer(variable, issuer, base_url)?;
    Ok(Some(issuer.to_owned()))
}

/// OpenID Connect Discovery §2: an https URL without query or fragment. Plain http only on loopback, for us and
/// for the provider.
fn check_issuer(variable: &str, issuer: &str, base_url: &BaseUrl) -> Result<(), ConfigError> {
    let wrong = || ConfigError::new(variable, "must be the provider's issuer, for instance https://id.example");
    let url = Url::parse(issuer).map_err(|_| wrong())?;
    let secure = url.scheme() == "https" || (url.scheme() == "http" && is_loopback(&url) && base_url.is_loopback());
    if !secure || url.query().is_some() || url.fragment().is_some() || !url.username().is_empty() {
        return Err(wrong());
    }
    Ok(())
}
