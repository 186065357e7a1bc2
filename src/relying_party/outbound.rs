//! The operator's rules for requests to providers: networks and a proxy.

use std::{fmt, net::IpAddr};

use ipnet::IpNet;
use secrecy::{ExposeSecret, SecretString};
use url::{Host, Url};

use super::address_guard::is_metadata_network;

/// Where requests to providers may go, and whether they go through a proxy.
#[derive(Clone, Debug, Default)]
pub struct Outbound {
    /// Providers may be on loopback, over http: in development.
    pub on_loopback: bool,
    /// Networks in which providers may be whose issuer the operator configured. The metadata services of clouds are
    /// never contacted, listed or not.
    pub private_networks: Vec<IpNet>,
    /// Resolves the names of providers in our place.
    pub proxy: Option<OutboundProxy>,
}

/// An http or https proxy. Requests to https URLs go through a tunnel (CONNECT, RFC 9110 §9.3.6), so it sees host
/// names and no contents. Prints without its credentials.
#[derive(Clone)]
pub struct OutboundProxy {
    /// With user name and password.
    url: SecretString,
    /// Without them.
    origin: String,
    scope: ProxyScope,
    exceptions: Vec<Exception>,
}

/// The URLs that a proxy is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProxyScope {
    /// All URLs of providers.
    All,
    /// As the conventional `HTTPS_PROXY` means it.
    Https,
}

/// An entry of `NO_PROXY`.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Exception {
    Everything,
    Network(IpNet),
    /// The domain with its subdomains, in lower case.
    Domain(String),
}

impl Outbound {
    /// The private networks that are listed in vain: they hold metadata services only.
    pub fn networks_without_effect(&self) -> impl Iterator<Item = &IpNet> {
        self.private_networks.iter().filter(|network| is_metadata_network(network))
    }
}

impl OutboundProxy {
    /// Reads `http://user:password@proxy.example:3128`; without a scheme it is http. `None` if it is not the URL of an
    /// http or https proxy. `exceptions`: hosts to contact directly, as in `NO_PROXY`: domains (with their subdomains),
    /// addresses and networks, separated by commas, or `*`.
    pub fn parse(text: &str, scope: ProxyScope, exceptions: &str) -> Option<Self> {
        let text = if text.contains("://") { text.to_owned() } else { format!("http://{text}") };
        let url = Url::parse(&text).ok()?;
        let is_origin = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
        if !matches!(url.scheme(), "http" | "https") || !url.has_host() || !is_origin {
            return None;
        }
        let origin = url.origin().ascii_serialization();
        Some(Self { url: text.into(), origin, scope, exceptions: Exception::list(exceptions) })
    }

    /// Whether a request to this URL goes through the proxy.
    pub(super) fn applies_to(&self, url: &Url) -> bool {
        let in_scope = self.scope == ProxyScope::All || url.scheme() == "https";
        in_scope && !self.exceptions.iter().any(|exception| exception.matches(url))
    }

    pub(super) fn url(&self) -> &str {
        self.url.expose_secret()
    }
}

impl fmt::Display for OutboundProxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.origin)
    }
}

impl fmt::Debug for OutboundProxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OutboundProxy({})", self.origin)
    }
}

impl Exception {
    fn list(text: &str) -> Vec<Self> {
        text.split([',', ' ']).filter(|entry| !entry.is_empty()).map(Self::parse).collect()
    }

    fn parse(entry: &str) -> Self {
        let network = entry.parse::<IpNet>().or_else(|_| entry.parse::<IpAddr>().map(IpNet::from));
        match network {
            Ok(network) => Self::Network(network),
            Err(_) if entry == "*" => Self::Everything,
            Err(_) => Self::Domain(entry.trim_start_matches("*.").trim_start_matches('.').to_ascii_lowercase()),
        }
    }

    fn matches(&self, url: &Url) -> bool {
        match (self, url.host()) {
            (Self::Everything, _) => true,
            (Self::Network(network), Some(Host::Ipv4(ip))) => network.contains(&IpAddr::V4(ip)),
            (Self::Network(network), Some(Host::Ipv6(ip))) => network.contains(&IpAddr::V6(ip).to_canonical()),
            (Self::Domain(domain), Some(Host::Domain(name))) => {
                name.strip_suffix(domain.as_str()).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("http://proxy.example:3128", "http://proxy.example:3128")]
    #[case("https://proxy.example", "https://proxy.example")]
    #[case("proxy.example:3128", "http://proxy.example:3128")]
    #[case("http://user:hush@10.0.0.1:3128/", "http://10.0.0.1:3128")]
    #[case("user:hu%40sh@[fd00::1]:3128", "http://[fd00::1]:3128")]
    fn proxy_prints_without_its_credentials(#[case] text: &str, #[case] shown: &str) {
        let proxy = OutboundProxy::parse(text, ProxyScope::All, "").unwrap();
        assert_eq!(proxy.to_string(), shown);
        assert_eq!(format!("{proxy:?}"), format!("OutboundProxy({shown})"));
        assert!(proxy.url().ends_with(text));
    }

    #[rstest]
    #[case("")]
    #[case("socks5://proxy.example:1080")]
    #[case("http://")]
    #[case("http://proxy.example:99999")]
    #[case("http://proxy.example/path")]
    #[case("http://proxy.example?x")]
    #[case("two words")]
    fn other_text_is_no_proxy(#[case] text: &str) {
        assert!(OutboundProxy::parse(text, ProxyScope::All, "").is_none());
    }

    #[rstest]
    #[case("https://accounts.google.com/x", "", true)]
    #[case("https://id.corp.example/", "corp.example", false)]
    #[case("https://id.corp.example/", ".Corp.Example", false)]
    #[case("https://id.corp.example/", "*.corp.example", false)]
    #[case("https://corp.example:8443/", "corp.example", false)]
    #[case("https://notcorp.example/", "corp.example", true)]
    #[case("https://corp.example.evil.example/", "corp.example", true)]
    #[case("https://10.1.2.3/", "192.168.0.0/16, 10.0.0.0/8", false)]
    #[case("https://10.1.2.3/", "10.1.2.3", false)]
    #[case("https://10.1.2.4/", "10.1.2.3", true)]
    #[case("https://[fd00::1]/", "fd00::/8", false)]
    #[case("https://accounts.google.com/", "*", false)]
    fn exceptions_are_contacted_directly(#[case] url: Url, #[case] exceptions: &str, #[case] proxied: bool) {
        let proxy = OutboundProxy::parse("proxy.example:3128", ProxyScope::All, exceptions).unwrap();
        assert_eq!(proxy.applies_to(&url), proxied);
    }

    #[rstest]
    #[case("https://id.example/", true)]
    #[case("http://localhost:3010/", false)]
    fn https_proxy_is_for_https_only(#[case] url: Url, #[case] proxied: bool) {
        let proxy = |scope| OutboundProxy::parse("proxy.example:3128", scope, "").unwrap();
        assert_eq!(proxy(ProxyScope::Https).applies_to(&url), proxied);
        assert!(proxy(ProxyScope::All).applies_to(&url));
    }
}
