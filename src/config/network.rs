//! Addresses to listen on, proxies to trust, and the rate limits.

use std::net::SocketAddr;

use http::{HeaderName, header};
use ipnet::IpNet;

use super::{BaseUrl, ConfigError, Environment, outbound};

pub(super) fn address(env: &Environment, variable: &str, default: &str) -> Result<SocketAddr, ConfigError> {
    env.get(variable)
        .unwrap_or(default)
        .parse()
        .map_err(|_| ConfigError::new(variable, format!("must be an address and a port, for instance {default}")))
}

/// A listener of its own: what it says is for the operator, and a proxy must not pass it on by mistake.
pub(super) fn metrics_address(env: &Environment) -> Result<Option<SocketAddr>, ConfigError> {
    const EXAMPLE: &str = "127.0.0.1:9464";
    let Some(_) = env.get("METRICS_ADDR") else { return Ok(None) };
    let metrics = address(env, "METRICS_ADDR", EXAMPLE)?;
    match address(env, "LISTEN_ADDR", "127.0.0.1:3000")? == metrics {
        true => {
            Err(ConfigError::new("METRICS_ADDR", format!("is LISTEN_ADDR; choose another one, for instance {EXAMPLE}")))
        }
        false => Ok(Some(metrics)),
    }
}

pub(super) fn rate_limits(env: &Environment, base_url: &BaseUrl) -> Result<bool, ConfigError> {
    match env.get("RATE_LIMITS") {
        None | Some("on") => Ok(true),
        Some("off") if base_url.is_loopback() => Ok(false),
        Some("off") => Err(ConfigError::new(
            "RATE_LIMITS",
            "may be `off` only while BASE_URL is loopback: without limits, passwords and codes can be guessed at will",
        )),
        Some(_) => Err(ConfigError::new("RATE_LIMITS", "must be `on` or `off`")),
    }
}

pub(super) fn trusted_proxies(env: &Environment) -> Result<Vec<IpNet>, ConfigError> {
    outbound::networks(env, "TRUSTED_PROXIES").map_err(|_| {
        ConfigError::new("TRUSTED_PROXIES", "must be a list of networks or addresses, for instance 10.0.0.0/8,::1")
    })
}

/// The one header in which the proxies tell the client's address.
pub(super) fn client_ip_header(env: &Environment) -> Result<HeaderName, ConfigError> {
    const VARIABLE: &str = "CLIENT_IP_HEADER";
    let name = env.get(VARIABLE).unwrap_or("x-forwarded-for");
    let unusable = [header::HOST, header::COOKIE, header::AUTHORIZATION, header::ORIGIN, header::USER_AGENT];
    match name.parse::<HeaderName>() {
        Ok(name) if !unusable.contains(&name) => Ok(name),
        _ => Err(ConfigError::new(
            VARIABLE,
            "must be the name of the header that your proxy sets, for instance X-Forwarded-For, Forwarded or CF-Connecting-IP",
        )),
    }
}
