//! Which URLs a discovery document may name.
//!
//! The token endpoint receives codes and client secrets, `jwks_uri` provides the keys, and browsers are redirected to
//! the authorization endpoint. Metadata with `http:`, `javascript:` or a host in a private network is rejected (threats
//! AR10, JW13). `relying_party` checks the addresses that host names resolve to.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

/// What is allowed beyond https to public hosts.
#[derive(Clone, Copy, Debug, Default)]
pub struct EndpointRules {
    /// Also `http` to loopback hosts, if the issuer is on loopback too. For development and tests.
    pub allow_loopback_http: bool,
}

/// Why a URL was rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EndpointError {
    /// Not an absolute URL, or it has characters that URL parsers treat differently.
    #[error("not an absolute URL")]
    Malformed,
    /// Neither `https` nor allowed loopback `http`.
    #[error("not https")]
    NotHttps,
    /// `user:password@`, which can disguise the host.
    #[error("user information in the URL")]
    UserInformation,
    /// A fragment, which RFC 6749 §3.1 and §3.2 forbid.
    #[error("a fragment in the URL")]
    Fragment,
    /// A query in the issuer, which Discovery §2 forbids.
    #[error("a query in the URL")]
    Query,
    /// A loopback, private or link-local host, while the issuer's host is public.
    #[error("a host in a private network")]
    PrivateHost,
}

/// Parses the issuer from the configuration (Discovery §2: https, host, optional port and path; no query or fragment).
pub(super) fn parse_issuer(issuer: &str, rules: EndpointRules) -> Result<Url, EndpointError> {
    let url = parse(issuer)?;
    let loopback_http = url.scheme() == "http" && rules.allow_loopback_http && is_loopback(&url);
    if url.scheme() != "https" && !loopback_http {
        return Err(EndpointError::NotHttps);
    }
    match url.query() {
        Some(_) => Err(EndpointError::Query),
        None => Ok(url),
    }
}

/// Parses an endpoint from the metadata of `issuer`.
pub(super) fn parse_endpoint(endpoint: &str, issuer: &Url, rules: EndpointRules) -> Result<Url, EndpointError> {
    let url = parse(endpoint)?;
    let loopback_http = url.scheme() == "http" && rules.allow_loopback_http && is_loopback(&url) && is_loopback(issuer);
    if url.scheme() != "https" && !loopback_http {
        return Err(EndpointError::NotHttps);
    }
    if is_private(&url) && !is_private(issuer) {
        return Err(EndpointError::PrivateHost);
    }
    Ok(url)
}

fn parse(text: &str) -> Result<Url, EndpointError> {
    // The WHATWG parser drops tabs and line breaks and reads `\` as `/`; other parsers do not.
    if text.bytes().any(|byte| byte.is_ascii_control() || byte == b' ' || byte == b'\\') {
        return Err(EndpointError::Malformed);
    }
    let url = Url::parse(text).map_err(|_| EndpointError::Malformed)?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(EndpointError::UserInformation);
    }
    if url.fragment().is_some() {
        return Err(EndpointError::Fragment);
    }
    Ok(url)
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => is_localhost(name),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

fn is_private(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => is_localhost(name),
        Some(Host::Ipv4(address)) => is_private_v4(address),
        Some(Host::Ipv6(address)) => is_private_v6(address),
        None => true,
    }
}

fn is_localhost(name: &str) -> bool {
    let name = name.trim_end_matches('.');
    name.eq_ignore_ascii_case("localhost") || name.to_ascii_lowercase().ends_with(".localhost")
}

fn is_private_v4(address: Ipv4Addr) -> bool {
    let [first, second, ..] = address.octets();
    address.is_loopback()
        || address.is_private()
        || address.is_link_local()
        || address.is_broadcast()
        || address.is_multicast()
        || first == 0
        || (first == 100 && (64..128).contains(&second)) // carrier-grade NAT, RFC 6598
}

fn is_private_v6(address: Ipv6Addr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(mapped) => is_private_v4(mapped),
        IpAddr::V6(address) => {
            address.is_loopback()
                || address.is_unspecified()
                || address.is_unique_local()
                || address.is_unicast_link_local()
                || address.is_multicast()
        }
    }
}
