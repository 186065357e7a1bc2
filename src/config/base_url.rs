//! The public origin (`BASE_URL`).

use std::net::IpAddr;

use url::{Host, Url};

use super::ConfigError;

/// The public origin: scheme, host and port, without a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseUrl {
    origin: String,
    https: bool,
    loopback: bool,
}

impl BaseUrl {
    /// # Errors
    /// When it is not an origin, or is plain http on anything but loopback: session cookies over plain http could be read on
    /// the way.
    pub fn parse(text: &str) -> Result<Self, ConfigError> {
        let wrong =
            |problem: &str| ConfigError::new("BASE_URL", format!("{problem}, for instance https://app.example"));
        let url = Url::parse(text).map_err(|_| wrong("is not a URL; put the public origin there"))?;
        let https = match url.scheme() {
            "https" => true,
            "http" => false,
            _ => return Err(wrong("must begin with https:// (or http:// on loopback)")),
        };
        if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
            return Err(wrong("must be an origin without a path"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(wrong("must not contain a user name or password"));
        }
        let loopback = is_loopback(&url);
        if !https && !loopback {
            return Err(wrong("must be https unless its host is localhost or a loopback address"));
        }
        Ok(Self { origin: url.origin().ascii_serialization(), https, loopback })
    }

    /// The origin as browsers serialise it, without a trailing slash.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Whether cookies can be `Secure` with the `__Host-` prefix and HSTS may be sent.
    pub const fn is_https(&self) -> bool {
        self.https
    }

    /// Whether the host is loopback: only then do the development settings work.
    pub const fn is_loopback(&self) -> bool {
        self.loopback
    }
}

/// Whether a URL's host is `localhost` or a loopback address.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(ip)) => IpAddr::V4(ip).is_loopback(),
        Some(Host::Ipv6(ip)) => IpAddr::V6(ip).is_loopback(),
        None => false,
    }
}
