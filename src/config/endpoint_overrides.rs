//! URLs of providers, from their variables.
//!
//! An override of a built-in provider's endpoints is for development only: outside loopback it would send users and their
//! authorization codes to any URL that someone managed to put into the environment.

use url::Url;

use super::{BaseUrl, ConfigError, is_loopback};

pub(super) fn check_loopback(variable: &str, base_url: &BaseUrl) -> Result<(), ConfigError> {
    match base_url.is_loopback() {
        true => Ok(()),
        false => Err(ConfigError::new(
            variable,
            "overrides a provider's endpoints, which works only while BASE_URL is loopback: remove it",
        )),
    }
}

/// A base URL: https, or plain http where both we and the provider are on loopback.
pub(super) fn check_url(variable: &str, text: &str, base_url: &BaseUrl) -> Result<(), ConfigError> {
    let usable = Url::parse(text).is_ok_and(|url| is_plain(&url, base_url)) && !text.ends_with('/');
    match usable {
        true => Ok(()),
        false => Err(ConfigError::new(
            variable,
            "must be an https URL (or http on loopback) without a query and without a slash at the end, for instance https://git.example",
        )),
    }
}

/// OpenID Connect Discovery §2: an https URL without query or fragment. Plain http only where both we and the provider are
/// on loopback.
pub(super) fn check_issuer(variable: &str, issuer: &str, base_url: &BaseUrl) -> Result<(), ConfigError> {
    match Url::parse(issuer).is_ok_and(|url| is_plain(&url, base_url)) {
        true => Ok(()),
        false => Err(ConfigError::new(variable, "must be the provider's issuer, for instance https://id.example")),
    }
}

fn is_plain(url: &Url, base_url: &BaseUrl) -> bool {
    let secure = url.scheme() == "https" || (url.scheme() == "http" && is_loopback(url) && base_url.is_loopback());
    let credentials = !url.username().is_empty() || url.password().is_some();
    secure && url.query().is_none() && url.fragment().is_none() && !credentials
}
