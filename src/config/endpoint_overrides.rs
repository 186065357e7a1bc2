//! Addresses of providers, from their variables.
//!
//! A stand-in for a built-in provider is only for development: outside loopback it would send people, and their codes,
//! to whatever address somebody slipped into the environment.

use url::Url;

use super::{BaseUrl, ConfigError, Environment, is_loopback};

/// The issuer of a stand-in that is found by discovery.
pub(super) fn issuer(env: &Environment, base_url: &BaseUrl, variable: &str) -> Result<Option<String>, ConfigError> {
    let Some(issuer) = allowed(env, base_url, variable)? else { return Ok(None) };
    check_issuer(variable, issuer, base_url)?;
    Ok(Some(issuer.to_owned()))
}

/// The address of a stand-in below which everything is where the provider has it.
pub(super) fn url(env: &Environment, base_url: &BaseUrl, variable: &str) -> Result<Option<String>, ConfigError> {
    let Some(text) = allowed(env, base_url, variable)? else { return Ok(None) };
    check_url(variable, text, base_url)?;
    Ok(Some(text.to_owned()))
}

/// An https address below which everything is; plain http only on loopback, for us and for the provider.
pub(super) fn check_url(variable: &str, text: &str, base_url: &BaseUrl) -> Result<(), ConfigError> {
    let usable = Url::parse(text).is_ok_and(|url| is_plain(&url, base_url)) && !text.ends_with('/');
    match usable {
        true => Ok(()),
        false => Err(ConfigError::new(
            variable,
            "must be an https address (or http on loopback) without a slash at the end and without a query, for instance https://git.example",
        )),
    }
}

/// OpenID Connect Discovery §2: an https URL without query or fragment. Plain http only on loopback, for us and
/// for the provider.
pub(super) fn check_issuer(variable: &str, issuer: &str, base_url: &BaseUrl) -> Result<(), ConfigError> {
    match Url::parse(issuer).is_ok_and(|url| is_plain(&url, base_url)) {
        true => Ok(()),
        false => Err(ConfigError::new(variable, "must be the provider's issuer, for instance https://id.example")),
    }
}

fn allowed<'a>(env: &'a Environment, base_url: &BaseUrl, variable: &str) -> Result<Option<&'a str>, ConfigError> {
    let value = env.get(variable);
    if value.is_some() && !base_url.is_loopback() {
        return Err(ConfigError::new(
            variable,
            "points a provider at a stand-in, which works only while BASE_URL is loopback: remove it",
        ));
    }
    Ok(value)
}

fn is_plain(url: &Url, base_url: &BaseUrl) -> bool {
    let secure = url.scheme() == "https" || (url.scheme() == "http" && is_loopback(url) && base_url.is_loopback());
    let credentials = !url.username().is_empty() || url.password().is_some();
    secure && url.query().is_none() && url.fragment().is_none() && !credentials
}
