//! `PRIVATE_NETWORKS`, `OUTBOUND_PROXY`, `HTTPS_PROXY` and `NO_PROXY`: where requests to providers go.

use std::net::IpAddr;

use ipnet::IpNet;

use super::{BaseUrl, ConfigError, Environment};
use crate::relying_party::{Outbound, OutboundProxy, ProxyScope};

const PRIVATE_NETWORKS: &str = "PRIVATE_NETWORKS";

pub(super) fn parse(env: &Environment, base_url: &BaseUrl) -> Result<Outbound, ConfigError> {
    let on_loopback = base_url.is_loopback();
    Ok(Outbound { on_loopback, private_networks: private_networks(env)?, proxy: proxy(env)? })
}

fn private_networks(env: &Environment) -> Result<Vec<IpNet>, ConfigError> {
    networks(env, PRIVATE_NETWORKS).map_err(|entry| {
        ConfigError::new(
            PRIVATE_NETWORKS,
            format!(
                "has {entry:?}, which is no network: list networks or addresses, for instance 10.0.0.0/8,fd12::/16"
            ),
        )
    })
}

/// The networks and addresses of a list, or the entry that is neither.
pub(super) fn networks<'a>(env: &'a Environment, variable: &str) -> Result<Vec<IpNet>, &'a str> {
    let list = env.get(variable).unwrap_or_default();
    let entries = list.split([',', ' ']).filter(|entry| !entry.is_empty());
    entries
        .map(|entry| entry.parse::<IpNet>().or_else(|_| entry.parse::<IpAddr>().map(IpNet::from)).map_err(|_| entry))
        .collect()
}

/// `OUTBOUND_PROXY`, or what the machine's conventional variables say; both spellings are common, as curl reads them.
fn proxy(env: &Environment) -> Result<Option<OutboundProxy>, ConfigError> {
    let either = |upper, lower| env.get(upper).or_else(|| env.get(lower));
    let (variable, text, scope) = match (env.get("OUTBOUND_PROXY"), either("HTTPS_PROXY", "https_proxy")) {
        (Some("off"), _) | (None, None) => return Ok(None),
        (Some(text), _) => ("OUTBOUND_PROXY", text, ProxyScope::All),
        (None, Some(text)) => ("HTTPS_PROXY", text, ProxyScope::Https),
    };
    let exceptions = either("NO_PROXY", "no_proxy").unwrap_or_default();
    // The value may contain a password, so the error does not repeat it.
    OutboundProxy::parse(text, scope, exceptions).map(Some).ok_or_else(|| {
        ConfigError::new(
            variable,
            "must be an http or https proxy, for instance http://proxy.example:3128; set OUTBOUND_PROXY=off for none",
        )
    })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn parsed(settings: &[(&str, &str)]) -> Result<Outbound, ConfigError> {
        let base_url = BaseUrl::parse("https://app.example").unwrap();
        parse(&settings.iter().copied().collect(), &base_url)
    }

    #[rstest]
    #[case("", &[])]
    #[case("10.0.0.0/8", &["10.0.0.0/8"])]
    #[case(" 10.0.0.0/8 ,fd12::/16, 192.168.1.7 ", &["10.0.0.0/8", "fd12::/16", "192.168.1.7/32"])]
    fn private_networks_are_read(#[case] list: &str, #[case] networks: &[&str]) {
        let outbound = parsed(&[("PRIVATE_NETWORKS", list)]).unwrap();
        let read: Vec<_> = outbound.private_networks.iter().map(ToString::to_string).collect();
        assert_eq!(read, networks);
    }

    #[rstest]
    #[case("10.0.0.0/33")]
    #[case("id.corp.example")]
    #[case("10.0.0")]
    #[case("*")]
    fn an_entry_that_is_no_network_is_named(#[case] entry: &str) {
        let error = parsed(&[("PRIVATE_NETWORKS", &format!("192.168.0.0/16, {entry}"))]).unwrap_err();
        assert_eq!(error.variable, "PRIVATE_NETWORKS");
        assert!(error.problem.contains(&format!("{entry:?}")), "{error}");
    }

    #[rstest]
    #[case(&[], None)]
    #[case(&[("OUTBOUND_PROXY", "http://user:hush@a.example:3128")], Some("http://a.example:3128"))]
    #[case(&[("HTTPS_PROXY", "b.example:3128")], Some("http://b.example:3128"))]
    #[case(&[("https_proxy", "http://c.example")], Some("http://c.example"))]
    #[case(&[("OUTBOUND_PROXY", "https://a.example"), ("HTTPS_PROXY", "http://b.example")], Some("https://a.example"))]
    #[case(&[("OUTBOUND_PROXY", "off"), ("HTTPS_PROXY", "http://b.example")], None)]
    #[case(&[("HTTP_PROXY", "http://d.example"), ("ALL_PROXY", "http://e.example")], None)]
    fn the_explicit_proxy_wins(#[case] settings: &[(&str, &str)], #[case] proxy: Option<&str>) {
        let read = parsed(settings).unwrap().proxy.map(|proxy| proxy.to_string());
        assert_eq!(read.as_deref(), proxy);
    }

    #[rstest]
    #[case("OUTBOUND_PROXY", "socks5://user:hush@a.example")]
    #[case("HTTPS_PROXY", "http://a.example/hush")]
    fn another_proxy_is_an_error_without_its_password(#[case] variable: &str, #[case] text: &str) {
        let error = parsed(&[(variable, text)]).unwrap_err();
        assert_eq!(error.variable, variable);
        assert!(!error.to_string().contains("hush"), "{error}");
    }
}
